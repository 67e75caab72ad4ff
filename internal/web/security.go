package web

import (
	"cmp"
	"net/http"
	"strings"
)

// ncalayerAddress is where the national signing program listens.
const ncalayerAddress = "wss://127.0.0.1:13579"

// kaztoken is asked by the signing client, whatever the vendor, whether another
// vendor's program is there.
const kaztoken = "https://127.0.0.1:24680"

// policy is the Content-Security-Policy: nothing but our own files, no inline
// script or style, no frames, and connections only to ourselves and the signing
// program.
func (s *Site) policy() string {
	connect := append([]string{"'self'", s.ncalayer(), kaztoken}, s.Connect...)
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src " + strings.Join(connect, " "),
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

func (s *Site) ncalayer() string { return cmp.Or(s.NCALayer, ncalayerAddress) }

// protect sets the headers of every answer. Pages are not kept by anybody: they
// hold personal data and a shared computer has a back button. Assets override
// that.
func (s *Site) protect(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// The origin is needed to recognise our own forms; the path is nobody's business.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if !s.Insecure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// SafeNext gives back a path of this site to return to after signing in, or "/"
// for anything else: another host must not be reached through our address.
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
