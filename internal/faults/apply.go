package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"mekenjai"
	"mekenjai/internal/check"
	"mekenjai/internal/fake/country"
	"mekenjai/internal/web/webread"
)

// apply answers the questions, signs, and gives the application's id.
func (p *people) apply(ctx context.Context, b *visitor, s country.Story) (id string, err error) {
	path, err := p.beginDraft(ctx, b)
	if err != nil {
		return "", err
	}
	for _, q := range answers(s) {
		err := p.insist(ctx, "the question "+q.step, func() error {
			to, err := b.post(path+"/"+q.step, q.answer)
			if err != nil || !strings.HasPrefix(to, "/apply/") {
				return errors.Join(err, fmt.Errorf("led to %q", to))
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	err = p.insist(ctx, "a submission", func() error {
		to, text, err := b.get(path + "/check")
		if strings.HasPrefix(to, "/applications/") { // sent already, the answer was lost
			id = strings.TrimPrefix(to, "/applications/")
			return nil
		}
		if err != nil {
			return err
		}
		if webread.ToSign(text) == nil {
			return errAgain
		}
		to, err = b.post(path+"/sign", url.Values{"signature": {p.sign(s.Applicant, webread.ToSign(text), false)}})
		if err != nil || !strings.HasPrefix(to, "/applications/") {
			return errors.Join(err, fmt.Errorf("led to %q", to))
		}
		id = strings.TrimPrefix(to, "/applications/")
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, p.journal.tell(check.Line{Deed: check.Filed, Person: s.Applicant, Application: id})
}

// beginDraft gives the path of the person's draft.
func (p *people) beginDraft(ctx context.Context, b *visitor) (path string, err error) {
	return path, p.insist(ctx, "the beginning of an application", func() error {
		to, text, err := b.get("/apply")
		if i := strings.LastIndex(to, "/"); err == nil && strings.HasPrefix(to, "/apply/") {
			path = to[:i]
			return nil
		}
		// The page that offers to continue the draft of an attempt before.
		if m := draftLink.FindStringSubmatch(text); err == nil && m != nil {
			path = m[1]
			return nil
		}
		if err != nil {
			return err
		}
		return errAgain
	})
}

type answer struct {
	step   string
	answer url.Values
}

// answers are what the applicant of a story says to the questions.
func answers(s country.Story) (list []answer) {
	today := mekenjai.DateOf(time.Now())
	list = []answer{{"registrant", url.Values{"registrant": {"self"}}}, {"months", url.Values{"months": {"6"}}}}
	if s.IsOwner {
		list = append(list, answer{"ownership", url.Values{"is_owner": {"yes"}}}, answer{"dwelling", url.Values{"arc": {string(s.ARC)}}})
	} else {
		list = append(list, answer{"ownership", url.Values{"is_owner": {"no"}}}, answer{"dwelling", url.Values{"arc": {string(s.ARC)}}},
			answer{"owner", url.Values{"owner": {string(s.Owner)}}})
	}
	return append(list, answer{"purpose", url.Values{"purpose": {"work"}}},
		answer{"arrival", url.Values{"arrival-day": {fmt.Sprint(today.Day)}, "arrival-month": {fmt.Sprint(int(today.Month))}, "arrival-year": {fmt.Sprint(today.Year)}}})
}

// respond finds the request about the application in the account of who must
// answer it, proves who one is for it, and answers.
func (p *people) respond(ctx context.Context, application string, iin mekenjai.IIN, declines bool) error {
	owner, err := p.signIn(ctx, iin, "/sign-in?next=/account", "/account")
	if err != nil {
		return err
	}
	seen := map[string]*visitor{} // requests that were opened, with the sign-in made for each
	var request string
	err = p.insist(ctx, "a request for consent", func() error {
		_, text, err := owner.get("/account")
		if err != nil {
			return err
		}
		if !strings.Contains(text, "data-clock") {
			return errAgain
		}
		for _, m := range requestLink.FindAllStringSubmatch(text, -1) {
			if seen[m[1]] != nil {
				continue
			}
			b, page, err := p.open(ctx, iin, m[1])
			if err != nil {
				return err
			}
			seen[m[1]] = b
			if bytes.Contains(webread.ToSign(page), []byte(application)) {
				request = m[1]
				return nil
			}
		}
		return errAgain
	})
	if err != nil {
		return err
	}
	if err := p.answer(ctx, seen[request], iin, request, declines); err != nil {
		return err
	}
	deed := check.Agreed
	if declines {
		deed = check.Declined
	}
	return p.journal.tell(check.Line{Deed: deed, Person: iin, Application: application, Request: strings.TrimPrefix(request, "/c/")})
}

// open proves who one is for one request and reads it.
func (p *people) open(ctx context.Context, iin mekenjai.IIN, request string) (b *visitor, page string, err error) {
	if b, err = p.signIn(ctx, iin, request+"/sign-in", request); err != nil {
		return nil, "", err
	}
	_, page, err = b.get(request)
	return b, page, err
}

// answer agrees or declines, and sees that it was taken.
func (p *people) answer(ctx context.Context, b *visitor, iin mekenjai.IIN, request string, declines bool) error {
	return p.insist(ctx, "an answer to a request", func() error {
		to, page, err := b.get(request)
		if err != nil {
			return err
		}
		if strings.HasPrefix(to, request+"/sign-in") { // it took so long that one must prove it anew
			if b, page, err = p.open(ctx, iin, request); err != nil {
				return err
			}
		}
		text := webread.ToSign(page)
		if text == nil { // answered already, the confirmation was lost
			return nil
		}
		if declines {
			to, err = b.post(request+"/decline", url.Values{"reason": {"Орын жоқ"}})
		} else {
			to, err = b.post(request+"/agree", url.Values{"signature": {p.sign(iin, text, false)}})
		}
		if err != nil || to != request {
			return errors.Join(err, fmt.Errorf("led to %q", to))
		}
		return nil
	})
}
