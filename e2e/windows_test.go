package e2e

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// window shows one page of a profile of Chromium. It is a hidden one: the frame
// around a page that nobody sees costs more than the pages.
type window struct {
	ctx     context.Context
	profile cdp.BrowserContextID // cookies and cache
}

// windows are used again, without their cookies.
var windows pool

type pool struct {
	mu   sync.Mutex
	free []window
}

func (p *pool) open() (window, error) {
	p.mu.Lock()
	if n := len(p.free); n > 0 {
		defer p.mu.Unlock()
		w := p.free[n-1]
		p.free = p.free[:n-1]
		return w, nil
	}
	p.mu.Unlock()
	profile, err := chromedp.CallBrowser(chromium, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		return window{}, err
	}
	return openWindow(profile.BrowserContextID)
}

func openWindow(profile cdp.BrowserContextID) (window, error) {
	hidden := !*screenshots && *look == "" // a hidden window cannot be photographed
	page, err := chromedp.CallBrowser(chromium, target.CreateTarget,
		target.CreateTargetParams{URL: "about:blank", BrowserContextID: profile, Hidden: &hidden})
	if err != nil {
		return window{}, err
	}
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithTargetID(page.TargetID))
	// Every window has the focus, as in front of its own reader.
	_, err = chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	if err != nil {
		cancel()
	}
	return window{ctx, profile}, err
}

// release takes a window back when nothing of its user is left in it.
func (p *pool) release(w window) {
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
	defer cancel()
	_, scripts := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	away := chromedp.Do(ctx, chromedp.Navigate("about:blank"))
	_, cookies := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{})
	if errors.Join(scripts, away, cookies) != nil {
		return // the next one opens another
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, w)
}
