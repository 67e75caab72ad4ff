// Package ui holds the styles, scripts, fonts and pictures of the pages as npm
// built them from ui/sass, ui/js and ui/img. Every name carries a hash of the
// content, so whoever serves the files may let them be cached for ever.
package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files are the built files under their hashed names; beside a text NAME stand
// NAME.br and NAME.gz.
var Files = sub(dist, "dist")

var names = mustNames(Files)

func sub(files fs.FS, dir string) fs.FS {
	s, err := fs.Sub(files, dir)
	if err != nil {
		panic("ui: " + err.Error())
	}
	return s
}

// mustNames reads which hashed name a plain one has.
func mustNames(files fs.FS) map[string]string {
	text, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		panic("ui: the assets were not built: " + err.Error())
	}
	var m map[string]string
	if err := json.Unmarshal(text, &m); err != nil {
		panic("ui: manifest.json: " + err.Error())
	}
	return m
}

// Name is the hashed name of a built file: Name("main.css") is
// "main.1f2e3d4c5b.css". An unknown name is a fault of the program.
func Name(plain string) string {
	name, ok := names[plain]
	if !ok {
		panic(fmt.Sprintf("ui: no asset %q", plain))
	}
	return name
}

// Has says whether a hashed name is one of ours.
func Has(hashed string) bool {
	for _, name := range names {
		if name == hashed {
			return true
		}
	}
	return false
}
