package opendata

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Fetch is a download of the open data from its portal into a folder, page by page.
// Pages that are there are not asked for again, so that one that broke goes on when
// it is made again with the same folder.
type Fetch struct {
	URL      string // of the portal, such as https://data.egov.kz
	Key      string // of the portal's API: never in an error
	Version  string // of the tables, such as v2; of one alone: Versions
	Versions map[Table]string
	HTTP     *http.Client
	Since    string        // only rows changed on this day or after, as 2026-01-31; "" all
	Page     int           // rows a question, at most 10000; 0 is that
	Pause    time.Duration // between two questions: the portal refuses who asks too fast
	Progress func(t Table, rows int)
}

const (
	mostAPage   = 10_000
	longestPage = 64 << 20 // bytes
	mostPages   = 10_000   // of one table: the largest has some hundred
	tries       = 6
)

// Into fetches every table. A table that the portal has no longer is an error, and so
// is one of another number of rows than the portal says it has: something changed, or
// a page came twice and another never.
func (f Fetch) Into(ctx context.Context, dir string) error {
	if f.Page <= 0 || f.Page > mostAPage {
		f.Page = mostAPage
	}
	for _, t := range Tables {
		since := f.Since
		if strings.HasPrefix(string(t), "d_") {
			since = "" // dictionaries are small and have no days
		}
		if err := f.table(ctx, dir, t, since); err != nil {
			return fmt.Errorf("fetch %s: %w", t, err)
		}
	}
	return nil
}

func (f Fetch) table(ctx context.Context, dir string, t Table, since string) error {
	got := 0
	for range mostPages {
		rows, known := pageAt(dir, t, got)
		if !known {
			page, n, err := f.page(ctx, t, since, got)
			if err != nil {
				return fmt.Errorf("rows from %d on: %w", got+1, err)
			}
			if rows = n; n > 0 || got == 0 { // an empty table is an answer too
				if err := keep(filepath.Join(dir, pageName(t, got, n)), page); err != nil {
					return err
				}
			}
		}
		got += rows
		if f.Progress != nil && rows > 0 {
			f.Progress(t, got)
		}
		// The portal may give fewer rows than it was asked for: only none is the end.
		if rows == 0 {
			return f.compare(ctx, t, since, got)
		}
	}
	return fmt.Errorf("more than %d pages", mostPages)
}

// compare asks how many rows there are.
func (f Fetch) compare(ctx context.Context, t Table, since string, got int) error {
	body, err := f.get(ctx, "detailed", t, question(since, 0, 1))
	if err != nil {
		return err
	}
	var answer struct {
		Total *int `json:"totalCount"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Total == nil {
		return nil // the portal does not always say
	}
	if *answer.Total != got {
		return fmt.Errorf("the portal has %d rows and gave %d: it changed meanwhile; fetch again into an empty folder", *answer.Total, got)
	}
	return nil
}

func pageName(t Table, from, rows int) string { return fmt.Sprintf("%s-%09d-%d.json", t, from, rows) }

// pageAt looks for the page that begins at a row, and says how many it has.
func pageAt(dir string, t Table, from int) (rows int, ok bool) {
	names, _ := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%s-%09d-*.json", t, from)))
	if len(names) != 1 {
		return 0, false
	}
	_, err := fmt.Sscanf(strings.TrimPrefix(filepath.Base(names[0]), fmt.Sprintf("%s-%09d-", t, from)), "%d.json", &rows)
	return rows, err == nil
}

// keep writes a page whole or not at all.
func keep(path string, page []byte) error {
	half := path + ".part"
	if err := os.WriteFile(half, page, 0o644); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// page asks for rows and sees that they are.
func (f Fetch) page(ctx context.Context, t Table, since string, from int) (body []byte, rows int, err error) {
	if body, err = f.get(ctx, "api", t, question(since, from, f.Page)); err != nil {
		return nil, 0, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil {
		var refused struct {
			Error any `json:"error"`
		}
		if json.Unmarshal(body, &refused) == nil && refused.Error != nil {
			return nil, 0, fmt.Errorf("the portal says: %.200s", strings.ReplaceAll(fmt.Sprint(refused.Error), f.Key, "…"))
		}
		return nil, 0, errors.New("the answer is no list of rows")
	}
	if len(list) > f.Page {
		return nil, 0, fmt.Errorf("the answer has %d rows for %d", len(list), f.Page)
	}
	return body, len(list), nil
}

// question is what the portal takes as its parameter source.
func question(since string, from, size int) string {
	q := map[string]any{"from": from, "size": size}
	if since != "" {
		q["query"] = map[string]any{"range": map[string]any{"modified": map[string]string{"gte": since}}}
	}
	text, _ := json.Marshal(q) // of texts and numbers
	return string(text)
}

func (f Fetch) address(kind string, t Table, source string) string {
	version := f.Version
	if v, ok := f.Versions[t]; ok {
		version = v
	}
	path := "/api/v4/"
	if kind == "detailed" {
		path = "/api/detailed/"
	}
	return strings.TrimSuffix(f.URL, "/") + path + string(t) + "/" + url.PathEscape(version) + "?" + url.Values{"apiKey": {f.Key}, "source": {source}}.Encode()
}

// get asks until there is an answer: the portal is often busy.
func (f Fetch) get(ctx context.Context, kind string, t Table, source string) (body []byte, err error) {
	wait := max(f.Pause, time.Millisecond)
	for range tries {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
		var again bool
		if body, again, err = f.once(ctx, f.address(kind, t, source)); err == nil || !again {
			return body, err
		}
		wait *= 3
	}
	return nil, err
}

func (f Fetch) once(ctx context.Context, address string) (body []byte, again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, false, errors.New("the portal's address is none")
	}
	request.Header.Set("Accept", "application/json")
	client := *f.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key goes to the portal alone
	response, err := client.Do(request)
	if err != nil {
		var named *url.Error // it names the address, which holds the key
		if errors.As(err, &named) {
			err = named.Err
		}
		return nil, ctx.Err() == nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		busy := response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= 500
		return nil, busy, fmt.Errorf("the portal answers %d", response.StatusCode)
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, longestPage+1))
	if len(body) > longestPage {
		return nil, false, fmt.Errorf("the answer is longer than %d bytes: ask for fewer rows", longestPage)
	}
	return body, err != nil && ctx.Err() == nil, err
}
