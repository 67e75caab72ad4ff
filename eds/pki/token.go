package pki

import (
	"time"

	"mekenjai/eds"
)

// Token asks the authority's own time-stamping service for a token over data, without
// a network in between.
func (a *Authority) Token(data []byte, d eds.Digest, at time.Time) ([]byte, error) {
	request, err := eds.NewTimestampRequest(data, d)
	if err != nil {
		return nil, err
	}
	response, err := a.Timestamp(request.Bytes(), at)
	if err != nil {
		return nil, err
	}
	return request.Token(response)
}
