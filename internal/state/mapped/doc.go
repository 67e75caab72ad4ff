// Package mapped speaks with the peers whose service passports are not public. What
// their messages look like stands in mapping files, JSON, one a peer: service id,
// namespaces, root, how the document travels, the path of each field, dictionaries,
// formats of dates, result codes. The files that are built in describe our contract,
// not the operator's; when a passport is at hand, an administrator writes a file of
// his own and nothing is compiled.
//
// A file is compiled against the types of package state when it is read: a field
// that the program does not have, a path that is none, a class that does not exist,
// a field of the program that is neither mapped nor said to be unsent is an Error
// with file, place and reason, and nothing is started. What a document lacks, or has
// twice and differently, makes it malformed: the caller takes that for silence.
// Elements that no path names are not read, so that a peer may add some.
//
// Everything goes both ways: a client encodes questions and decodes answers, a
// simulator decodes questions and encodes answers, of the same file.
package mapped
