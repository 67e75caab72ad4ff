package address

import (
	"context"
	"errors"
	"fmt"

	"mekenjai"
	"mekenjai/internal/database"
)

// RoomIn is the code of a room in use, by the number that the building gives it.
// mekenjai.ErrNotFound when the building has no such room.
func RoomIn(ctx context.Context, db *database.DB, building mekenjai.ARC, number string) (arc mekenjai.ARC, err error) {
	err = db.Read(ctx, func(tx database.Tx) (err error) {
		arc, err = database.One(ctx, tx, database.Column[mekenjai.ARC], `SELECT m.arc FROM address_room m
			JOIN address_building b ON b.id = m.building
			WHERE b.arc = $1 AND m.number_key = $2 AND m.actual ORDER BY m.id LIMIT 1`, building, numberKey(number))
		return err
	})
	if errors.Is(err, database.ErrNoRows) {
		return "", mekenjai.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("room of a building: %w", err)
	}
	return arc, nil
}
