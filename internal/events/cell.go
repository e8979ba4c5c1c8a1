package events

import "strings"

// InertCell keeps a spreadsheet from taking the cell of a CSV file for a formula; it is asked for every cell that goes
// out of here.
func InertCell(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
