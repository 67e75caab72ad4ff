package eds

// Object identifiers of containers and attributes: RFC 5652, 5035, 3161, 5126 and ETSI
// EN 319 122-1.
const (
	oidData       = "1.2.840.113549.1.7.1"
	oidSignedData = "1.2.840.113549.1.7.2"
	oidTSTInfo    = "1.2.840.113549.1.9.16.1.4"

	oidContentType          = "1.2.840.113549.1.9.3"
	oidMessageDigest        = "1.2.840.113549.1.9.4"
	oidSigningTime          = "1.2.840.113549.1.9.5"
	oidSigningCertificate   = "1.2.840.113549.1.9.16.2.12"
	oidSigningCertificateV2 = "1.2.840.113549.1.9.16.2.47"
	oidSignatureTimestamp   = "1.2.840.113549.1.9.16.2.14"
	oidCertificateValues    = "1.2.840.113549.1.9.16.2.23"
	oidRevocationValues     = "1.2.840.113549.1.9.16.2.24"
)

// unsignedAttributes are the unsigned attributes of CMS and CAdES. Nothing protects
// unsigned attributes, so an unknown one is taken as damage and not passed over.
var unsignedAttributes = map[string]string{
	oidSignatureTimestamp:        "signatureTimeStampToken",
	"1.2.840.113549.1.9.6":       "countersignature",
	"1.2.840.113549.1.9.16.2.21": "completeCertificateReferences",
	"1.2.840.113549.1.9.16.2.22": "completeRevocationReferences",
	oidCertificateValues:         "certificateValues",
	oidRevocationValues:          "revocationValues",
	"1.2.840.113549.1.9.16.2.25": "escTimeStamp",
	"1.2.840.113549.1.9.16.2.26": "certCRLTimestamp",
	"1.2.840.113549.1.9.16.2.27": "archiveTimestamp",
	"1.2.840.113549.1.9.16.2.44": "attributeCertificateReferences",
	"1.2.840.113549.1.9.16.2.45": "attributeRevocationReferences",
	"1.2.840.113549.1.9.16.2.48": "archiveTimestampV2",
	"0.4.0.1733.2.2":             "longTermValidation",
	"0.4.0.1733.2.4":             "archiveTimestampV3",
	"0.4.0.1733.2.5":             "atsHashIndex",
	"0.4.0.19122.1.5":            "atsHashIndexV3",
}

// Object identifiers of certificates: RFC 5280.
const (
	oidCommonName         = "2.5.4.3"
	oidSurname            = "2.5.4.4"
	oidSerialNumber       = "2.5.4.5"
	oidCountry            = "2.5.4.6"
	oidLocality           = "2.5.4.7"
	oidProvince           = "2.5.4.8"
	oidOrganization       = "2.5.4.10"
	oidOrganizationalUnit = "2.5.4.11"
	oidGivenName          = "2.5.4.42"
	oidEmail              = "1.2.840.113549.1.9.1"

	oidKeyUsage            = "2.5.29.15"
	oidSubjectAltName      = "2.5.29.17"
	oidBasicConstraints    = "2.5.29.19"
	oidCertificatePolicies = "2.5.29.32"
	oidExtKeyUsage         = "2.5.29.37"

	oidAnyExtKeyUsage  = "2.5.29.37.0"
	oidServerAuth      = "1.3.6.1.5.5.7.3.1"
	oidClientAuth      = "1.3.6.1.5.5.7.3.2"
	oidCodeSigning     = "1.3.6.1.5.5.7.3.3"
	oidEmailProtection = "1.3.6.1.5.5.7.3.4"
	oidTimeStamping    = "1.3.6.1.5.5.7.3.8"
	oidOCSPSigning     = "1.3.6.1.5.5.7.3.9"
)

// Object identifiers of algorithms: the registry of the Republic of Kazakhstan under
// 1.2.398, and RSA (RFC 8017) with SHA (FIPS 180-4).
const (
	oidGOST2004          = "1.2.398.3.10.1.1.1.1"
	oidGOST2004Params    = "1.2.398.3.10.1.1.1.1.1"
	oidGOST2004Signature = "1.2.398.3.10.1.1.1.2"

	oidGOST2015x256          = "1.2.398.3.10.1.1.2.1"
	oidGOST2015x256Params    = "1.2.398.3.10.1.1.2.1.1"
	oidGOST2015x256Signature = "1.2.398.3.10.1.1.2.3.1"
	oidGOST2015x512          = "1.2.398.3.10.1.1.2.2"
	oidGOST2015x512Params    = "1.2.398.3.10.1.1.2.2.1"
	oidGOST2015x512Signature = "1.2.398.3.10.1.1.2.3.2"

	oidGOST341195       = "1.2.398.3.10.1.3.1"
	oidGOST341195Params = "1.2.398.3.10.1.3.1.1.0"
	oidStreebog256      = "1.2.398.3.10.1.3.2"
	oidStreebog512      = "1.2.398.3.10.1.3.3"

	oidMD5    = "1.2.840.113549.2.5"
	oidSHA1   = "1.3.14.3.2.26"
	oidSHA256 = "2.16.840.1.101.3.4.2.1"
	oidSHA384 = "2.16.840.1.101.3.4.2.2"
	oidSHA512 = "2.16.840.1.101.3.4.2.3"

	oidRSA           = "1.2.840.113549.1.1.1"
	oidMD5WithRSA    = "1.2.840.113549.1.1.4"
	oidSHA1WithRSA   = "1.2.840.113549.1.1.5"
	oidSHA256WithRSA = "1.2.840.113549.1.1.11"
	oidSHA384WithRSA = "1.2.840.113549.1.1.12"
	oidSHA512WithRSA = "1.2.840.113549.1.1.13"
)
