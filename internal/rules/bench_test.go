package rules

import "testing"

func BenchmarkEvaluate(b *testing.B) {
	f, p := good(berikAgrees), parameters(b)
	for b.Loop() {
		if _, err := Evaluate(f, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseFacts(b *testing.B) {
	data := []byte(text(b, good(berikAgrees)))
	for b.Loop() {
		if _, err := ParseFacts(data); err != nil {
			b.Fatal(err)
		}
	}
}
