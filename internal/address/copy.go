package address

import (
	"context"

	"mekenjai"
	"mekenjai/internal/database"
)

// Copy is the searchable copy in one database, for faces: they know no database.
type Copy struct{ db *database.DB }

// In is the copy that a database holds.
func In(db *database.DB) Copy { return Copy{db} }

// SearchWithin is the function of the same name.
func (c Copy) SearchWithin(ctx context.Context, node Node, text string, limit int) ([]Suggestion, error) {
	return SearchWithin(ctx, c.db, node, text, limit)
}

// Browse is the function of the same name.
func (c Copy) Browse(ctx context.Context, node Node, lang string, after string, limit int) (Page, error) {
	return Browse(ctx, c.db, node, lang, after, limit)
}

// Resolve is the function of the same name.
func (c Copy) Resolve(ctx context.Context, arc mekenjai.ARC) (mekenjai.Dwelling, Details, error) {
	return Resolve(ctx, c.db, arc)
}

// Choose is the function of the same name.
func (c Copy) Choose(ctx context.Context, field, typed string) (mekenjai.Dwelling, error) {
	return Choose(ctx, c.db, field, typed)
}
