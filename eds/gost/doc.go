// Package gost implements the GOST algorithms of Kazakh electronic signatures:
// the hash functions Streebog (GOST R 34.11-2012, RFC 6986) and GOST 34.311-95
// (GOST R 34.11-94, RFC 5831, with the test S-boxes), and the signature GOST R
// 34.10-2012 (RFC 7091), in Kazakhstan GOST 34.10-2015, over the curves of RFC
// 7836 and RFC 4357.
//
// Keys, digests and signatures have the byte order of the Kazakh profile: points
// are x‖y, signatures r‖s, digests the bytes as the hash function writes them, and
// every one of these numbers is little-endian. A signature is therefore the block
// s‖r of big-endian numbers that RFC 9215 describes, with all its bytes reversed.
//
// Everything is written from the RFCs. Verification is meant for production, signing
// for keys of servers: see PrivateKey for what it keeps secret and from whom.
package gost
