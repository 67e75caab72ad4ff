// Package gazetteer makes an invented Address Register in the shape of its open
// data (tables s_ats, s_geonims, s_buildings, s_pb): real places and street
// names, invented houses and codes. A Plan of any size always makes the same
// rows, and makes them one by one, so that a register of national size never
// stands in memory.
package gazetteer
