// Package eds verifies and makes Kazakh electronic digital signatures (ЭЦП) in pure
// Go: certificates of the National Certification Authority (NUCA, НУЦ РК) with GOST and
// RSA keys, and CMS/CAdES signatures as NCALayer makes them. It uses nothing outside
// the standard library, no cgo and no network.
//
// The answer to "is this signature good?" has three values. Valid: everything that was
// asked for was proved. Invalid: something is wrong and will stay wrong. Indeterminate:
// nothing is wrong, but something could not be found out, such as the revocation status
// while the authority is silent; the caller may ask again, and must not treat it as
// good. Every answer but valid carries machine-readable reasons.
//
// Trust is what the caller puts into a Pool; nothing is built in and nothing that a
// certificate says about addresses is ever fetched.
//
//	pool, err := eds.LoadPool("/etc/mekenjai/anchors")
//	v := &eds.Verifier{Anchors: pool, NoRevocation: true}
//	report, err := v.VerifyCMS(ctx, cms, document, eds.Options{Usage: eds.UsageSign})
//	if err == nil && report.Valid() {
//		fmt.Println(report.Signers[0].Subject.IIN)
//	}
package eds
