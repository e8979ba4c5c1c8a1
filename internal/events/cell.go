package events

import "strings"

// InertCell keeps a spreadsheet from taking the cell of a CSV file for a formula; it is asked for every cell that goes
// out of here. A quote in front of a formula is doubled, so that PlainCell gives back what there was.
func InertCell(cell string) string {
	if formula(cell) {
		return "'" + cell
	}
	return cell
}

// PlainCell is what InertCell was given, of what it made.
func PlainCell(cell string) string {
	if strings.HasPrefix(cell, "'") && formula(cell) {
		return cell[1:]
	}
	return cell
}

// formula says whether a spreadsheet could take the cell for a formula once the quotes in front of it are gone.
func formula(cell string) bool {
	inside := strings.TrimLeft(cell, "'")
	return inside != "" && strings.ContainsRune("=+-@\t\r", rune(inside[0]))
}
