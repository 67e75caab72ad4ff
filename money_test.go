package mekenjai

import "testing"

func TestTengeAreGroupedByThousands(t *testing.T) {
	for amount, want := range map[Tenge]string{
		0: "0\u00a0₸", 7: "7\u00a0₸", 4325: "4\u00a0325\u00a0₸", Tenge(4325).Times(7): "30\u00a0275\u00a0₸",
		432500: "432\u00a0500\u00a0₸", 1000000: "1\u00a0000\u00a0000\u00a0₸", -1234: "−1\u00a0234\u00a0₸",
	} {
		if got := amount.String(); got != want {
			t.Errorf("%d is %q", int64(amount), got)
		}
	}
}
