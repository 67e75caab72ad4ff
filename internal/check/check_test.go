package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mekenjai/internal/audit"
	"mekenjai/internal/database"
	"mekenjai/internal/database/databasetest"
	"mekenjai/internal/schema"
)

const (
	person, owner, other, third = "900101300017", "850505400028", "700707300039", "600606400041"
	filedAt, decidedAt          = 1_772_424_000_000_000, 1_772_424_060_000_000
)

// sound are the rows of three people's lives as the verbs leave them: one was
// registered with the owner's consent and ended the entry, and applied again; one
// was refused; the entry of the third the state's register confirmed.
var sound = []string{
	application("a1", person, "registered", decidedAt),
	step("s1", "a1", "checking", filedAt), step("s2", "a1", "awaiting_consent", filedAt+1), step("s3", "a1", "deciding", filedAt+2), step("s4", "a1", "registered", decidedAt),
	`UPDATE application SET clock_used = 59999999 WHERE id = 'a1'`, // it stood for a microsecond
	consent("C1", "a1", "agreed"),
	`INSERT INTO registration (id, number, application, person, name, arc, kind, kato, address_kk, address_ru, from_date, to_date, fixed_at, state, ended_at, end_reason)
		VALUES ('r1', 'NUMBER-1', 'a1', '` + person + `', '{}', 'arc', '', '', '', '', '2026-03-02', '2026-09-01', 1772424060000000, 'ended', 1772424090000000, 'by_person')`,
	`INSERT INTO certificate (code, registration, language, issued_at) VALUES ('CERT-1', 'r1', 'kk', 1772424070000000)`,
	notice("n1", "a1", person, "submitted"), notice("n2", "a1", owner, "consent_asked"), notice("n3", "a1", person, "registered"),
	notice("n4", "a1", owner, "entry_at_mine"), notice("n5", "a1", person, "ended_own"),
	application("a2", other, "refused", decidedAt),
	step("s5", "a2", "checking", filedAt), step("s6", "a2", "refused", decidedAt),
	consent("C2", "a2", "declined"),
	`INSERT INTO act (id, number, application, text, at) VALUES ('x2', 'ACT-2', 'a2', '', 1772424060000000)`,
	application("a3", person, "registered", decidedAt),
	step("s7", "a3", "checking", filedAt), step("s8", "a3", "registered", decidedAt),
	`INSERT INTO registration (id, number, application, person, name, arc, kind, kato, address_kk, address_ru, from_date, to_date, fixed_at, state, end_reason)
		VALUES ('r3', 'NUMBER-3', 'a3', '` + person + `', '{}', 'arc', '', '', '', '', '2026-03-02', '2026-09-01', 1772424060000000, 'current', '')`,
	notice("n6", "a3", person, "registered"),
	application("a4", third, "registered", decidedAt),
	step("s10", "a4", "checking", filedAt), step("s11", "a4", "entering", filedAt+1), step("s12", "a4", "registered", decidedAt),
	`INSERT INTO registration (id, number, application, person, name, arc, kind, kato, address_kk, address_ru, from_date, to_date, fixed_at, state, end_reason)
		VALUES ('r4', 'NUMBER-4', 'a4', '` + third + `', '{}', 'arc', '', '', '', '', '2026-03-02', '2026-09-01', 1772424050000000, 'current', '')`,
	notice("n7", "a4", third, "registered"), deed("d4", "a4", "r4", "confirmed"),
}

var soundAudit = []audit.Entry{
	{Verb: "application.submit", Subject: "a1"}, {Verb: "consent.agreed", Subject: "C1"}, {Verb: "registration.enter", Subject: "r1"},
	{Verb: "registration.end_own", Subject: "r1"}, {Verb: "registration.end", Subject: "r1"},
	{Verb: "application.submit", Subject: "a2"}, {Verb: "consent.declined", Subject: "C2"},
	{Verb: "application.submit", Subject: "a3"}, {Verb: "registration.enter", Subject: "r3"},
	{Verb: "application.submit", Subject: "a4"}, {Verb: "registration.enter", Subject: "r4"},
}

// soundTold is what the two were told.
var soundTold = []Line{
	{Deed: Filed, Person: person, Application: "a1"}, {Deed: Agreed, Person: owner, Application: "a1", Request: "C1"},
	{Deed: Ended, Application: "a1", State: "registered"}, {Deed: Entered, Person: person, Application: "a1", Entry: "NUMBER-1"},
	{Deed: Left, Person: person, Application: "a1", Entry: "NUMBER-1"},
	{Deed: Filed, Person: other, Application: "a2"}, {Deed: Declined, Person: owner, Application: "a2", Request: "C2"},
	{Deed: Ended, Application: "a2", State: "refused"}, {Deed: Filed, Person: person, Application: "a3"}, {Deed: Complete},
}

func application(id, who, state string, decided int64) string {
	return fmt.Sprintf(`INSERT INTO application (id, number, person, name, language, channel, state, round, arc, kind, kato, address_kk,
		address_ru, months, purpose, arrival, is_owner, owner, statement, method, signature, evidence, submitted_at, clock_used, attempts, facts, findings, reason, decided_at)
		VALUES ('%[1]s', 'N%[1]s', '%[2]s', '{}', 'kk', 'portal', '%[3]s', 1, 'arc', '', '', '', '', 6, 'work', '2026-03-01', FALSE, '', '', 'eds', 'cms', 'cades',
		%[4]d, 60000000, 0, '', '', '', %[5]d)`, id, who, state, filedAt, decided)
}

func step(id, application, state string, at int64) string {
	return fmt.Sprintf(`INSERT INTO application_step (id, application, state, at, reason) VALUES ('%s', '%s', '%s', %d, '')`, id, application, state, at)
}

func consent(id, application, answer string) string {
	return fmt.Sprintf(`INSERT INTO consent (id, application, round, party, name, right_kind, share_num, share_den, answer, reason, asked_at, deadline,
		answered_at, signer, method, signature, evidence) VALUES ('%s', '%s', 1, '%s', '', 'owner', 1, 1, '%s', '', %d, %d, %d, '%s', 'eds', 'cms', 'cades')`,
		id, application, owner, answer, filedAt+1, filedAt+3_600_000_000, filedAt+2, owner)
}

func notice(id, application, party, kind string) string {
	return fmt.Sprintf(`INSERT INTO notice (id, party, application, kind, args, language, at, sms, sent_at)
		VALUES ('%s', '%s', '%s', '%s', '{}', 'kk', %d, TRUE, %d)`, id, party, application, kind, filedAt, filedAt)
}

// deed is one to the state's register about the entry of the third.
func deed(id, application, registration, state string) string {
	quoted := func(s string) string {
		if s == "" {
			return "NULL"
		}
		return "'" + s + "'"
	}
	return fmt.Sprintf(`INSERT INTO keeper_deed (id, kind, application, registration, number, person, kato, body, state, attempts, made_at, try_at,
		answered_at, confirmed_at, hash, code, said, former) VALUES ('%s', 'enter', %s, %s, 'NUMBER-4', '%s', '', '{}', '%s', 0, %d, NULL,
		1772424060000000, 1772424050000000, 'sum', '', '', '')`, id, quoted(application), quoted(registration), third, state, filedAt)
}

// damages are what can happen to a database, each with the rule that must notice.
// Where an index would refuse it, the index is lost first.
var damages = []struct{ rule, sql string }{
	{"entry-one", `DROP INDEX registration_current; UPDATE registration SET state = 'current', ended_at = NULL WHERE id = 'r1'`},
	{"entry-ahead", `UPDATE registration SET state = 'ahead' WHERE id = 'r3'`},
	{"entry-of-application", `UPDATE registration SET application = NULL WHERE id = 'r1'`},
	{"entry-without-application", `UPDATE application SET state = 'refused' WHERE id = 'a1'`},
	{"entry-without-application", `UPDATE registration SET person = '` + other + `' WHERE id = 'r3'`},
	{"entry-audit", `DELETE FROM audit_entry WHERE subject = 'r1' AND verb = 'registration.enter'`},
	{"entry-audit", `UPDATE audit_entry SET subject = 'r1' WHERE subject = 'r3'`},
	{"entry-end", `UPDATE registration SET ended_at = NULL WHERE id = 'r1'`},
	{"entry-end", `UPDATE registration SET ended_at = 1 WHERE id = 'r3'`},
	{"entry-end", `DELETE FROM audit_entry WHERE subject = 'r1' AND verb = 'registration.end'`},
	{"entry-told", `DELETE FROM notice WHERE id = 'n3'`},
	{"entry-told", notice("n9", "a1", person, "registered")},
	{"entry-owners-told", `DELETE FROM notice WHERE id = 'n4'`},
	{"application-one", `DROP INDEX application_under_way; UPDATE application SET state = 'deciding' WHERE person = '` + person + `'`},
	{"application-audit", `DELETE FROM audit_entry WHERE subject = 'a1'`},
	{"application-audit", `UPDATE audit_entry SET subject = 'a1' WHERE subject = 'a3'`},
	{"application-draft", `INSERT INTO draft (id, person, data, fields, updated_at) VALUES ('a2', '` + other + `', '{}', '', 0)`},
	{"application-path", `DELETE FROM application_step WHERE id = 's4'`},
	{"application-path", step("s9", "a1", "registered", decidedAt)},
	{"application-ended", `UPDATE application SET decided_at = NULL WHERE id = 'a1'`},
	{"application-ended", `UPDATE application SET ask_at = 1 WHERE id = 'a1'`},
	{"application-ended", `UPDATE application SET clock_since = 1 WHERE id = 'a2'`},
	{"application-forgotten", `UPDATE application SET state = 'checking', clock_since = 1, ask_at = NULL WHERE id = 'a2'`},
	{"application-forgotten", `UPDATE application SET state = 'checking', clock_since = 1, ask_at = 1 WHERE id = 'a2'`},
	{"application-clock", `UPDATE application SET state = 'checking', clock_since = NULL WHERE id = 'a2'`},
	{"application-clock", `UPDATE application SET state = 'awaiting_consent', clock_since = 1 WHERE id = 'a2'`},
	{"application-promise", `UPDATE application SET clock_used = 60000000 WHERE id = 'a1'`},
	{"application-promise", `UPDATE application_step SET at = at + 1 WHERE id = 's3'`},
	{"application-waits", `UPDATE application SET state = 'awaiting_consent' WHERE id = 'a2'`},
	{"application-waits", `UPDATE application SET state = 'awaiting_consent' WHERE id = 'a2'; UPDATE consent SET answer = 'asked', deadline = 1772423000000000 WHERE id = 'C2'`},
	{"application-refused", `DELETE FROM act`},
	{"application-refused", `UPDATE act SET application = 'a1'`},
	{"application-referred", `UPDATE application SET state = 'referred' WHERE id = 'a2'`},
	{"application-times", `UPDATE application_step SET at = 1 WHERE id = 's5'`},
	{"consent-round", `UPDATE consent SET round = 2 WHERE id = 'C1'`},
	{"consent-open", `UPDATE consent SET answer = 'asked' WHERE id = 'C2'`},
	{"consent-once", bare("consent") + `; INSERT INTO consent SELECT * FROM consent`},
	{"consent-signed", `UPDATE consent SET signature = NULL WHERE id = 'C1'`},
	{"consent-signed", `UPDATE consent SET signer = '' WHERE id = 'C1'`},
	{"consent-audit", `DELETE FROM audit_entry WHERE subject = 'C1'`},
	{"consent-audit", `UPDATE audit_entry SET verb = 'consent.agreed' WHERE subject = 'C2'`},
	{"consent-lapse", `UPDATE consent SET answer = 'lapsed' WHERE id = 'C2'`},
	{"consent-times", `UPDATE consent SET answered_at = 1 WHERE id = 'C1'`},
	{"consent-all", `UPDATE consent SET answer = 'void' WHERE id = 'C1'`},
	{"deed-entering", `UPDATE application SET state = 'entering' WHERE id = 'a4'`},
	{"deed-application", `UPDATE keeper_deed SET state = 'waiting'`},
	{"deed-application", `UPDATE keeper_deed SET state = 'rejected'`},
	{"deed-entry", `UPDATE keeper_deed SET registration = NULL`},
	{"deed-entry", `UPDATE keeper_deed SET registration = 'r3'`},
	{"deed-entry", `UPDATE keeper_deed SET confirmed_at = confirmed_at + 1`},
	{"deed-entry", `UPDATE registration SET application = NULL WHERE id = 'r4'`},
	{"deed-confirmed", `DELETE FROM keeper_deed`},
	{"deed-confirmed", deed("d5", "a4", "r4", "confirmed")},
	{"deed-overdue", `UPDATE keeper_deed SET state = 'waiting'`},
	{"deed-overdue", `UPDATE keeper_deed SET state = 'waiting', try_at = 1`},
	{"deed-refused", deed("d5", "", "r4", "rejected")},
	{"difference-case", `INSERT INTO difference (id, kind, number, person, kato, ours, theirs, state, found_at, seen_at)
		VALUES ('f1', 'unknown', 'NUMBER-9', '', '', '', '', 'open', 0, 0)`},
	{"notice-once", `UPDATE notice SET party = '` + owner + `', kind = 'entry_at_mine' WHERE id = 'n2'`},
	{"audit-once", bare("audit_entry") + `; INSERT INTO audit_entry SELECT * FROM audit_entry`},
	{"audit-hash", `UPDATE audit_entry SET actor = 'somebody else' WHERE subject = 'a1'`},
	{"audit-hash", `UPDATE audit_entry SET detail = '{"n":2}' WHERE subject = 'a1'`},
	{"audit-hash", `UPDATE audit_entry SET at = at + 1 WHERE subject = 'a1'`},
	{"job-given-up", job("message", "discarded", "sent", 0)},
	{"job-overdue", job("message", "available", "n1", -time.Hour)},
	{"job-stuck", job("message", "running", "n1", -time.Hour)},
	{"evidence-job", `UPDATE consent SET evidence = NULL WHERE id = 'C1'`},
	{"evidence-job", `UPDATE application SET evidence = NULL WHERE id = 'a2'`},
	{"message-job", `UPDATE notice SET sent_at = NULL WHERE id = 'n1'`},
}

// bare is a table without its constraints.
func bare(table string) string {
	return `CREATE TABLE bare AS SELECT * FROM ` + table + `; DROP TABLE ` + table + `; ALTER TABLE bare RENAME TO ` + table
}

// job is a row of the queue's own table; "@" stands for an instant as the engine
// writes it.
func job(kind, state, subject string, ago time.Duration) string {
	finalized, attempted := "NULL", "NULL"
	if state == "discarded" {
		finalized = "@"
	}
	if state == "running" {
		attempted = "@"
	}
	return fmt.Sprintf(`INSERT INTO river_job (args, kind, max_attempts, state, scheduled_at, attempted_at, finalized_at)
		VALUES ({"notice":"%s"}, '%s', 25, '%s', @, %s, %s)%s`, subject, kind, state, attempted, finalized, "\x00"+ago.String())
}

// asWritten makes the instants and the arguments of a job those of the engine.
func asWritten(sql, engine string, now time.Time) string {
	sql, ago, ok := strings.Cut(sql, "\x00")
	if !ok {
		return sql
	}
	d, _ := time.ParseDuration(ago)
	at := `'` + now.Add(d).Format("2006-01-02 15:04:05.999") + `'`
	if engine == database.Postgres {
		at += `::timestamptz`
		sql = strings.Replace(sql, "({", "('{", 1)
		sql = strings.Replace(sql, "},", "}'::jsonb,", 1)
	} else {
		sql = strings.Replace(sql, "({", "(jsonb('{", 1)
		sql = strings.Replace(sql, "},", "}'),", 1)
	}
	return strings.ReplaceAll(sql, "@", at)
}

var errUndo = errors.New("undo")

// damaged runs statements and look in a transaction that leaves nothing behind.
func damaged(t *testing.T, db *database.DB, sql string, look func(context.Context, database.Tx) error) {
	t.Helper()
	ctx := t.Context()
	err := db.Transact(ctx, func(tx database.Tx) error {
		for s := range strings.SplitSeq(asWritten(sql, db.Engine(), tx.Now()), "; ") {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return errors.Join(look(ctx, tx), errUndo)
	})
	if !errors.Is(err, errUndo) || strings.ReplaceAll(err.Error(), errUndo.Error(), "") != "" {
		t.Errorf("%s: %v", sql, err)
	}
}

// fill writes the sound rows.
func fill(t *testing.T, db *database.DB) {
	t.Helper()
	ctx := t.Context()
	err := db.Transact(ctx, func(tx database.Tx) error {
		for _, s := range sound {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		for _, e := range soundAudit {
			e.Outcome = audit.Done
			if err := audit.Write(ctx, tx, e.With("n", 1).With("hash", []byte{0xff}).With("text", "<&>")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func names(found []Finding) (list []string) {
	for _, f := range found {
		list = append(list, f.Rule)
	}
	return list
}

// notices asks the one rule alone: all of them after each damage take long.
func notices(ctx context.Context, db *database.DB, tx database.Tx, name string, now time.Time) (bool, error) {
	if i := slices.IndexFunc(rules, func(r rule) bool { return r.name == name }); i >= 0 {
		ids, err := rules[i].find(ctx, tx, now)
		return len(ids) > 0, err
	}
	if name == auditHash.name {
		ids, err := changedAudit(ctx, tx)
		return len(ids) > 0, err
	}
	found, err := examineJobs(ctx, db, tx, now)
	return slices.Contains(names(found), name), err
}

func TestEveryDamageIsNoticedAndASoundDatabaseIsNot(t *testing.T) {
	for _, r := range Rules() {
		if !slices.ContainsFunc(damages, func(d struct{ rule, sql string }) bool { return d.rule == r.Rule }) {
			t.Errorf("nobody tries whether %s notices anything", r.Rule)
		}
	}
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		fill(t, db)
		found, err := Database(t.Context(), db, clock.Now())
		if err != nil || len(found) > 0 {
			t.Fatalf("a sound database: %v, %v", found, err)
		}
		for _, d := range damages {
			damaged(t, db, d.sql, func(ctx context.Context, tx database.Tx) error {
				noticed, err := notices(ctx, db, tx, d.rule, clock.Now())
				if !noticed {
					t.Errorf("%s does not notice: %s", d.rule, d.sql)
				}
				return err
			})
		}
	})
}

func TestWhatHasAJobIsNotMissed(t *testing.T) {
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		fill(t, db)
		sql := `UPDATE notice SET sent_at = NULL WHERE id = 'n1'; ` + job("message", "available", "n1", 0)
		damaged(t, db, sql, func(ctx context.Context, tx database.Tx) error {
			found, err := examine(ctx, db, tx, clock.Now())
			if len(found) > 0 {
				t.Errorf("found %v", found)
			}
			return err
		})
	})
}

// broken is what can happen to something that people were told.
var broken = []struct{ rule, sql string }{
	{"told-filed", `UPDATE application SET person = '` + other + `' WHERE id = 'a1'`},
	{"told-filed-once", `DELETE FROM audit_entry WHERE subject = 'a2'`},
	{"told-filed-step", `DELETE FROM application_step WHERE id = 's1'`},
	{"told-filed-step", step("s9", "a1", "checking", filedAt)},
	{"told-agreed", `DELETE FROM consent WHERE id = 'C1'`},
	{"told-agreed", `UPDATE consent SET answer = 'lapsed' WHERE id = 'C1'`},
	{"told-agreed", `UPDATE consent SET signature = NULL WHERE id = 'C1'`},
	{"told-agreed-once", `UPDATE audit_entry SET outcome = 'late' WHERE subject = 'C1'`},
	{"told-declined", `UPDATE consent SET answer = 'agreed' WHERE id = 'C2'`},
	{"told-declined-once", `UPDATE audit_entry SET subject = 'C1' WHERE subject = 'C2'`},
	{"told-end", `UPDATE application SET state = 'cancelled' WHERE id = 'a1'`},
	{"told-end-once", step("s9", "a2", "refused", decidedAt)},
	{"told-entry", `UPDATE registration SET number = 'NUMBER-9' WHERE id = 'r1'`},
	{"told-entry-certificate", `DELETE FROM certificate`},
	{"told-left", `UPDATE registration SET state = 'ahead', ended_at = NULL WHERE id = 'r1'`},
	{"told-left-once", `DELETE FROM audit_entry WHERE verb = 'registration.end_own'`},
	{"told-left-told", notice("n9", "a1", person, "ended_own")},
	{"told-no-more", application("a9", other, "cancelled", decidedAt)},
}

func TestNothingThatPeopleWereToldIsMissed(t *testing.T) {
	all := []rule{toldMore}
	for _, list := range promises {
		for _, p := range list {
			all = append(all, p.rule)
		}
	}
	for _, r := range all {
		if !slices.ContainsFunc(broken, func(d struct{ rule, sql string }) bool { return d.rule == r.name }) {
			t.Errorf("nobody tries whether %s notices anything", r.name)
		}
	}
	databasetest.Each(t, schema.FS, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		fill(t, db)
		if found, err := Told(t.Context(), db, soundTold); err != nil || len(found) > 0 {
			t.Fatalf("a sound database: %v, %v", found, err)
		}
		for _, d := range broken {
			damaged(t, db, d.sql, func(ctx context.Context, tx database.Tx) error {
				found, err := hold(ctx, tx, soundTold)
				if !slices.Contains(names(found), d.rule) {
					t.Errorf("%s does not notice: %s (found %v)", d.rule, d.sql, names(found))
				}
				return err
			})
		}
	})
}

func TestAJournalIsReadToItsLastWholeLine(t *testing.T) {
	whole := `{"at":"2026-03-02T04:00:00Z","deed":"filed","person":"` + person + `","application":"a1"}` + "\n"
	lines, err := ReadJournal(strings.NewReader(whole + whole + whole[:20]))
	if err != nil || len(lines) != 2 || lines[0].Application != "a1" {
		t.Errorf("%v, %v", lines, err)
	}
	for _, bad := range []string{"{}\n", "nonsense\n", `{"deed":"bought"}` + "\n", `{"deed":"filed","colour":"red"}` + "\n"} {
		if lines, err := ReadJournal(strings.NewReader(whole + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s was read as %v, %v", bad, lines, err)
		}
	}
}
