package access

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"mekenjai/internal/locale"
)

// Client is what a request tells about the browser that makes it.
type Client struct {
	Address  netip.Addr
	Browser  string // family: "Firefox", "" when unknown
	Platform string // "Windows", "Android"
	Language locale.Lang
	session  string // the token it presents; ended when a new session begins
}

// Client reads a request.
func (a *Access) Client(r *http.Request) Client {
	browser, platform := family(r.UserAgent())
	return Client{Address: a.address(r), Browser: browser, Platform: platform,
		Language: locale.From(r.Context()), session: a.token(r)}
}

// Key is what limits by address count under. An IPv6 customer has a whole /64
// and would otherwise be as many clients as he likes.
func (c Client) Key() string {
	if c.Address.Is4() {
		return c.Address.String()
	}
	if !c.Address.IsValid() {
		return "unknown"
	}
	return netip.PrefixFrom(c.Address, 64).Masked().String()
}

// Network is the address without the part that singles out a house: enough for
// a person to know his own sign-ins, too little to be kept as a trace of him.
func (c Client) Network() string {
	bits := 48
	if c.Address.Is4() {
		bits = 16
	}
	if !c.Address.IsValid() {
		return ""
	}
	return netip.PrefixFrom(c.Address, bits).Masked().String()
}

// address is the nearest address on the way that is not one of our proxies.
// What stands further left in X-Forwarded-For the client wrote himself.
func (a *Access) address(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, _ := netip.ParseAddr(host)
	at = at.Unmap().WithZone("")
	way := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(way) - 1; i >= 0 && a.proxy(at); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(way[i]))
		if err != nil {
			break
		}
		at = next.Unmap().WithZone("")
	}
	return at
}

func (a *Access) proxy(at netip.Addr) bool {
	for _, p := range a.Proxies {
		if p.Contains(at) {
			return true
		}
	}
	return false
}

// The order matters: most browsers name others too.
var (
	browsers = [][2]string{{"YaBrowser", "Yandex"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}}
	platforms = [][2]string{{"iPhone", "iOS"}, {"iPad", "iOS"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Mac OS", "macOS"}, {"Linux", "Linux"}}
)

// family keeps of a User-Agent only what a person recognises. The rest would
// single out a machine.
func family(agent string) (browser, platform string) {
	first := func(marks [][2]string) string {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	return first(browsers), first(platforms)
}
