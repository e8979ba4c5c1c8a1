package events

import "testing"

func TestCellsAreNoFormulas(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "plain": "plain", "a=b": "a=b", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"'": "'", "'quoted'": "'quoted'", "'=1": "''=1", "''=1": "'''=1", "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
	} {
		if got := InertCell(cell); got != want {
			t.Errorf("InertCell(%q) = %q, want %q", cell, got, want)
		}
		if got := PlainCell(InertCell(cell)); got != cell {
			t.Errorf("%q comes back as %q", cell, got)
		}
	}
	if got := PlainCell("'quoted'"); got != "'quoted'" {
		t.Errorf("a quote of one's own is lost: %q", got)
	}
}
