package check

// rules are the sentences that one query decides. Those about what is unique
// look at the rows themselves: an index that was lost, or that a copy of the
// database does not have, must not hide it.
var rules = []rule{
	{"entry-one", "nobody has two current entries", `
		SELECT min(id) FROM registration WHERE state = 'current' GROUP BY person HAVING count(*) > 1 LIMIT $1`},
	{"entry-ahead", "an entry that waits follows a current one of the same person, and is the only one", `
		SELECT id FROM registration r WHERE r.state = 'ahead' AND
			((SELECT count(*) FROM registration c WHERE c.person = r.person AND c.state = 'current') <> 1 OR
			(SELECT count(*) FROM registration o WHERE o.person = r.person AND o.state = 'ahead') <> 1) LIMIT $1`},
	{"entry-of-application", "an application that is registered has one entry", `
		SELECT a.id FROM application a WHERE a.state = 'registered' AND
			(SELECT count(*) FROM registration r WHERE r.application = a.id) <> 1 LIMIT $1`},
	{"entry-without-application", "an entry of an application belongs to one that is registered", `
		SELECT r.id FROM registration r JOIN application a ON a.id = r.application
		WHERE a.state <> 'registered' OR a.person <> r.person LIMIT $1`},
	{"entry-audit", "the making of an entry is in the audit once", `
		SELECT r.id FROM registration r WHERE (SELECT count(*) FROM audit_entry e WHERE e.subject = r.id
			AND e.outcome = 'done' AND e.verb IN ('registration.enter', 'registration.adopt')) <> 1 LIMIT $1`},
	{"entry-end", "an entry has the time of its end if it ended, and then the end is in the audit", `
		SELECT r.id FROM registration r WHERE r.state = 'ended' AND (r.ended_at IS NULL OR NOT EXISTS (
			SELECT 1 FROM audit_entry e WHERE e.subject = r.id AND e.verb = 'registration.end')) OR
			r.state <> 'ended' AND r.ended_at IS NOT NULL LIMIT $1`},
	{"entry-told", "the person is told of his entry once", `
		SELECT a.id FROM application a WHERE a.state = 'registered' AND (SELECT count(*) FROM notice n
			WHERE n.application = a.id AND n.party = a.person AND n.kind = 'registered') <> 1 LIMIT $1`},
	{"entry-owners-told", "who consented is told of the entry, once", `
		SELECT c.id FROM consent c JOIN application a ON a.id = c.application
		WHERE a.state = 'registered' AND c.answer = 'agreed' AND c.party <> a.person
			AND NOT EXISTS (SELECT 1 FROM protection p WHERE p.person = a.person)
			AND (SELECT count(*) FROM notice n WHERE n.application = a.id AND n.party = c.party AND n.kind = 'entry_at_mine') <> 1
			LIMIT $1`},

	{"application-one", "nobody has two applications under way", `
		SELECT min(id) FROM application WHERE state IN ('checking', 'awaiting_consent', 'deciding', 'entering', 'referred')
		GROUP BY person HAVING count(*) > 1 LIMIT $1`},
	{"application-audit", "the filing of an application is in the audit once", `
		SELECT a.id FROM application a WHERE (SELECT count(*) FROM audit_entry e WHERE e.subject = a.id
			AND e.outcome = 'done' AND e.verb IN ('application.submit', 'intake.accept', 'petition.file')) <> 1 LIMIT $1`},
	{"application-draft", "a draft that became an application is gone", `
		SELECT d.id FROM draft d JOIN application a ON a.id = d.id LIMIT $1`},
	{"application-path", "the path of an application leads into its state, and into an entry once", `
		SELECT a.id FROM application a WHERE NOT EXISTS (SELECT 1 FROM application_step s
			WHERE s.application = a.id AND s.state = a.state) OR (SELECT count(*) FROM application_step s
			WHERE s.application = a.id AND s.state = 'registered') > 1 LIMIT $1`},
	{"application-ended", "an application that has ended has the time of its end, asks no register and lets no clock run", `
		SELECT id FROM application WHERE state IN ('registered', 'refused', 'routed', 'cancelled')
			AND (decided_at IS NULL OR decided_at < submitted_at OR ask_at IS NOT NULL OR clock_since IS NOT NULL) LIMIT $1`},
	{"application-forgotten", "the registers are asked in time about every application that needs them", `
		SELECT id FROM application WHERE state IN ('checking', 'deciding') AND (ask_at IS NULL OR ask_at < $2) LIMIT $1`},
	{"application-clock", "the clock of an application runs while nobody but the state is waited for, and stands while people are", `
		SELECT id FROM application WHERE clock_used < 0 OR state IN ('checking', 'deciding', 'entering') AND clock_since IS NULL
			OR state = 'awaiting_consent' AND clock_since IS NOT NULL LIMIT $1`},
	{"application-promise", "that clock counted exactly the time in which the state was waited for", `
		SELECT a.id FROM application a JOIN (SELECT application, sum(CASE WHEN state IN ('checking', 'deciding', 'entering') THEN next_at - at ELSE 0 END) AS used
			FROM (SELECT application, state, at, lead(at) OVER (PARTITION BY application ORDER BY at, id) AS next_at FROM application_step) s
			GROUP BY application) p ON p.application = a.id
		WHERE a.state IN ('registered', 'refused', 'routed', 'cancelled') AND a.clock_used <> p.used
			AND NOT EXISTS (SELECT 1 FROM application_step r WHERE r.application = a.id AND r.state = 'referred') LIMIT $1`},
	{"application-waits", "an application that waits for consents has one to wait for, and none whose time is over", `
		SELECT a.id FROM application a WHERE a.state = 'awaiting_consent' AND (NOT EXISTS (SELECT 1 FROM consent c
			WHERE c.application = a.id AND c.round = a.round AND c.answer = 'asked') OR EXISTS (SELECT 1 FROM consent c
			WHERE c.application = a.id AND c.round = a.round AND c.answer = 'asked' AND c.try_at IS NULL AND c.deadline < $2)) LIMIT $1`},
	{"application-refused", "an application that is refused has one standing act, another none", `
		SELECT a.id FROM application a WHERE (SELECT count(*) FROM act x WHERE x.application = a.id AND x.voided_at IS NULL) <>
			(CASE WHEN a.state = 'refused' THEN 1 ELSE 0 END) LIMIT $1`},
	{"application-referred", "an application that an officer must decide is a case at the desk", `
		SELECT a.id FROM application a WHERE a.state = 'referred' AND NOT EXISTS (SELECT 1 FROM desk_case d
			WHERE d.kind = 'application' AND d.subject = a.id AND d.state <> 'closed') LIMIT $1`},
	{"application-times", "no step of an application is older than its filing", `
		SELECT s.id FROM application_step s JOIN application a ON a.id = s.application WHERE s.at < a.submitted_at LIMIT $1`},

	{"consent-round", "every consent belongs to a round of its application", `
		SELECT c.id FROM consent c LEFT JOIN application a ON a.id = c.application
		WHERE a.id IS NULL OR c.round < 1 OR c.round > a.round LIMIT $1`},
	{"consent-open", "a consent is asked for in the present round of an application that waits for it", `
		SELECT c.id FROM consent c JOIN application a ON a.id = c.application
		WHERE c.answer = 'asked' AND (c.round <> a.round OR a.state <> 'awaiting_consent') LIMIT $1`},
	{"consent-once", "a right-holder is asked once in a round and capacity", `
		SELECT min(id) FROM consent GROUP BY application, round, party, capacity HAVING count(*) > 1 LIMIT $1`},
	{"consent-signed", "a consent by key has its signature, its signer and its time", `
		SELECT id FROM consent WHERE answer = 'agreed' AND (answered_at IS NULL OR signer = '' OR
			method = 'eds' AND signature IS NULL AND recorded_by = '') LIMIT $1`},
	{"consent-audit", "an answer given on the portal is in the audit once", `
		SELECT c.id FROM consent c WHERE c.answer IN ('agreed', 'declined', 'not_mine') AND c.recorded_by = '' AND
			(SELECT count(*) FROM audit_entry e WHERE e.subject = c.id AND e.outcome = 'done' AND e.verb = 'consent.' || c.answer) <> 1 LIMIT $1`},
	{"consent-lapse", "no consent lapses before its time", `
		SELECT id FROM consent WHERE answer = 'lapsed' AND (answered_at IS NULL OR answered_at <= deadline) LIMIT $1`},
	{"consent-times", "no answer is older than its question", `
		SELECT id FROM consent WHERE answered_at < asked_at OR deadline < asked_at LIMIT $1`},
	{"consent-all", "an entry by the rules alone has the consent of everybody who was asked in the last round", `
		SELECT c.id FROM consent c JOIN application a ON a.id = c.application
		WHERE a.state = 'registered' AND a.waivers = '' AND c.round = a.round AND c.answer <> 'agreed' LIMIT $1`},

	{"deed-entering", "an application whose entry the state's register is to confirm has one deed that waits for it", `
		SELECT a.id FROM application a WHERE a.state = 'entering' AND (SELECT count(*) FROM keeper_deed d
			WHERE d.application = a.id AND d.kind = 'enter' AND d.state = 'waiting') <> 1 LIMIT $1`},
	{"deed-application", "a deed that is to make an entry belongs to an application that waits for it", `
		SELECT d.id FROM keeper_deed d JOIN application a ON a.id = d.application
		WHERE d.state = 'waiting' AND a.state <> 'entering' OR d.state = 'rejected' AND a.state <> 'referred' LIMIT $1`},
	{"deed-entry", "a deed that is confirmed has its entry; one that made it, from the instant of the confirmation", `
		SELECT d.id FROM keeper_deed d LEFT JOIN registration r ON r.id = d.registration
		WHERE d.state = 'confirmed' AND (r.id IS NULL OR r.number <> d.number OR d.hash IS NULL OR d.confirmed_at IS NULL
			OR d.application IS NOT NULL AND (r.application IS NULL OR r.application <> d.application OR r.fixed_at <> d.confirmed_at)) LIMIT $1`},
	{"deed-confirmed", "an entry that the state's register was to confirm has one confirmation", `
		SELECT a.id FROM application a WHERE a.state = 'registered' AND (SELECT s.state FROM application_step s
			WHERE s.application = a.id AND s.state <> 'registered' ORDER BY s.at DESC, s.id DESC LIMIT 1) = 'entering'
			AND (SELECT count(*) FROM keeper_deed d WHERE d.application = a.id AND d.state = 'confirmed') <> 1 LIMIT $1`},
	{"deed-overdue", "a deed that waits is sent in time", `
		SELECT id FROM keeper_deed WHERE state = 'waiting' AND (try_at IS NULL OR try_at < $2) LIMIT $1`},
	{"deed-refused", "what the state's register refused lies before an officer", `
		SELECT d.id FROM keeper_deed d WHERE d.state = 'rejected' AND NOT EXISTS (SELECT 1 FROM desk_case c
			WHERE c.subject = coalesce(d.application, d.id) AND c.state <> 'closed') LIMIT $1`},
	{"difference-case", "a difference between the two registers lies before an officer until it is closed", `
		SELECT d.id FROM difference d WHERE d.state = 'open' AND NOT EXISTS (SELECT 1 FROM desk_case c
			WHERE c.kind = 'difference' AND c.subject = d.id AND c.state <> 'closed') LIMIT $1`},

	{"notice-once", "what happens once is told once", `
		SELECT min(id) FROM notice WHERE application IS NOT NULL AND kind IN ('submitted', 'registered', 'entry_at_mine', 'ended_own')
		GROUP BY application, party, kind HAVING count(*) > 1 LIMIT $1`},
	{"audit-once", "no two entries of the audit have one id", `
		SELECT id FROM audit_entry GROUP BY id HAVING count(*) > 1 LIMIT $1`},
}
