package check

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mekenjai/internal/database"
)

// stuckAfter is when a job that is marked as running must have been taken up by
// somebody else: the longest timeout, the margin and River's own interval.
const stuckAfter = 5 * time.Minute

// jobLimit bounds how many jobs are looked at.
const jobLimit = 1_000_000

var (
	jobGivenUp         = rule{name: "job-given-up", says: "no job used all its attempts"}
	jobOverdue         = rule{name: "job-overdue", says: "no job waits long after its time"}
	jobStuck           = rule{name: "job-stuck", says: "no job is marked as running that nobody runs"}
	evidenceWithoutJob = rule{"evidence-job", "a signature has its evidence, or a job that fetches it", ``}
	messageWithoutJob  = rule{"message-job", "a notice that is also a text message was sent, or has a job that sends it", `
		SELECT id FROM notice WHERE sms AND sent_at IS NULL AND id > $1 ORDER BY id LIMIT $2`}
)

// unproved are the signatures without evidence, whose gathering was not given up
// for a reason that the audit holds.
var unproved = func() (list []rule) {
	for _, table := range []string{"application", "consent", "petition", "signed_text"} {
		list = append(list, rule{evidenceWithoutJob.name, evidenceWithoutJob.says, `
		SELECT t.id FROM ` + table + ` t WHERE t.signature IS NOT NULL AND t.evidence IS NULL AND t.id > $1 AND NOT EXISTS (
			SELECT 1 FROM audit_entry e WHERE e.subject = t.id AND e.verb = 'evidence.collect' AND e.outcome <> 'done')
		ORDER BY t.id LIMIT $2`})
	}
	return list
}()

// examineJobs looks at the jobs that are not done, and for what needs one and has
// none. Done jobs are thrown away after some time, so what they did is looked at
// and not they.
func examineJobs(ctx context.Context, db *database.DB, tx database.Tx, now time.Time) (found []Finding, err error) {
	jobs, err := db.Unfinished(ctx, tx, jobLimit)
	if err != nil {
		return nil, fmt.Errorf("check jobs: %w", err)
	}
	subjects := map[string]bool{}
	bad := map[string]*Finding{}
	note := func(r rule, id string) {
		f := bad[r.name]
		if f == nil {
			f = &Finding{Rule: r.name, Says: r.says}
			bad[r.name] = f
		}
		if len(f.IDs) < atMost {
			f.IDs = append(f.IDs, id)
		}
	}
	for _, j := range jobs {
		id := j.Kind + " " + strconv.FormatInt(j.ID, 10)
		switch {
		case j.IsGivenUp():
			if j.Kind != "inquiry" { // Sweep begins those anew: see application-forgotten
				note(jobGivenUp, id)
			}
			continue
		case j.State == "running" && now.Sub(j.Begun) > stuckAfter:
			note(jobStuck, id)
		case j.State != "running" && now.Sub(j.Due) > overdue:
			note(jobOverdue, id)
		}
		for _, subject := range subjectsOf(j) {
			subjects[subject] = true
		}
	}
	for _, r := range append(slices.Clone(unproved), messageWithoutJob) {
		if err := lacking(ctx, tx, r, func(id string) {
			if !subjects[id] {
				note(r, id)
			}
		}); err != nil {
			return nil, fmt.Errorf("check %s: %w", r.name, err)
		}
	}
	for _, r := range []rule{jobGivenUp, jobOverdue, jobStuck, evidenceWithoutJob, messageWithoutJob} {
		if f := bad[r.name]; f != nil {
			found = append(found, *f)
		}
	}
	return found, nil
}

// subjectsOf are the ids in the arguments of a job.
func subjectsOf(j database.Job) (ids []string) {
	var args map[string]any
	if json.Unmarshal(j.Args, &args) != nil {
		return nil
	}
	for _, v := range args {
		if id, ok := v.(string); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// page is how many rows are read at once.
const page = 5000

// lacking calls each for every row of the query, page by page.
func lacking(ctx context.Context, tx database.Tx, r rule, each func(id string)) error {
	for after := ""; ; {
		ids, err := database.Collect(ctx, tx, database.Column[string], r.sql, after, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			each(id)
		}
		if len(ids) < page {
			return nil
		}
		after = ids[len(ids)-1]
	}
}
