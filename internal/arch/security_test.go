package arch

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The statuses of docs/security.md, in the order of its summary; noTest counts what is met and has no test.
const (
	met, partly, notMet, notApplicable = "met", "partly", "not met", "not applicable"
	noTest                             = "of these without a test"
)

// securityPage is docs/security.md as its rules look at it.
type securityPage struct {
	text    string
	rows    []securityRow
	summary map[string][]int // by chapter: met, without a test, partly, not met, not applicable
	listed  []string         // the items of the list of what is not met
}

type securityRow struct {
	name, chapter string
	items         []string
	tests, status string
	reason        string
}

// knownTree is what the page speaks of: the items by level, the tests by file, and every file's text.
type knownTree struct {
	levels map[string]int
	tests  map[string][]string
	read   func(file string) (string, bool)
}

// readSecurity splits the page into its tables: those of the chapters, the summary, and what is not met.
func readSecurity(text string, levels map[string]int) securityPage {
	p := securityPage{text: text, summary: map[string][]int{}}
	heading := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "### "); ok {
			heading = title
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if !strings.HasPrefix(line, "| ") || cells[0] == "item" || cells[0] == "items" || cells[0] == "chapter" {
			continue
		}
		chapter, _, _ := strings.Cut(heading, " ")
		switch {
		case heading == "How it stands":
			name, _, _ := strings.Cut(strings.Trim(cells[0], "*"), " ")
			p.summary[name] = numbers(cells[1:])
		case heading == "What is not met":
			p.listed = append(p.listed, itemsOf(cells[0], levels)...)
		case chapterName.MatchString(chapter):
			p.rows = append(p.rows, readRow(chapter, cells, levels))
		}
	}
	return p
}

var chapterName = regexp.MustCompile(`^V\d+$`)

func readRow(chapter string, cells []string, levels map[string]int) securityRow {
	r := securityRow{name: cells[0], chapter: chapter, items: itemsOf(cells[0], levels), status: "of " + strconv.Itoa(len(cells)) + " cells"}
	if len(cells) == 6 {
		r.tests = cells[3]
		r.status, r.reason, _ = strings.Cut(cells[5], ": ")
	}
	return r
}

// itemsOf reads "V5.2.1" and "V5.2.1–V5.2.3, V5.4.3"; of a range the levels that the page is about.
func itemsOf(cell string, levels map[string]int) []string {
	var items []string
	for _, part := range strings.Split(cell, ", ") {
		from, to, isRange := strings.Cut(part, "–")
		section, first := cutNumber(from)
		if _, last := cutNumber(to); isRange {
			for n := first; n <= last; n++ {
				if item := section + "." + strconv.Itoa(n); levels[item] <= 2 {
					items = append(items, item)
				}
			}
			continue
		}
		items = append(items, part)
	}
	return items
}

func cutNumber(item string) (section string, number int) {
	dot := strings.LastIndex(item, ".")
	if dot < 0 {
		return item, 0
	}
	number, _ = strconv.Atoi(item[dot+1:])
	return item[:dot], number
}

func numbers(cells []string) []int {
	var out []int
	for _, c := range cells {
		n, err := strconv.Atoi(strings.TrimSpace(c))
		if err != nil {
			n = -1
		}
		out = append(out, n)
	}
	return out
}

func securityFaults(p securityPage, tree knownTree) []string {
	return slices.Concat(statusFaults(p), testFaults(p, tree), placeFaults(p, tree), countFaults(p), itemFaults(p, tree.levels))
}

// statusFaults: a status is a known one, what is not simply met says why, and what is not met stands in the list.
func statusFaults(p securityPage) []string {
	var faults, missing []string
	for _, r := range p.rows {
		switch {
		case !slices.Contains([]string{met, partly, notMet, notApplicable}, r.status):
			faults = append(faults, fmt.Sprintf("security: %s has the status %q, which is none", r.name, r.status))
		case (r.status == met) != (r.reason == ""):
			faults = append(faults, fmt.Sprintf("security: %s is %s, with the reason %q", r.name, r.status, r.reason))
		case r.status == notMet:
			missing = append(missing, r.items...)
		}
	}
	slices.Sort(missing)
	listed := slices.Sorted(slices.Values(p.listed))
	if !slices.Equal(missing, listed) {
		faults = append(faults, fmt.Sprintf("security: not met are %v, and the list has %v", missing, listed))
	}
	return faults
}

var code = regexp.MustCompile("`([^`]+)`")

// testFaults: each test is in the file that is named before it.
func testFaults(p securityPage, tree knownTree) []string {
	var faults []string
	for _, r := range p.rows {
		file := ""
		for _, m := range code.FindAllStringSubmatch(r.tests, -1) {
			switch {
			case strings.HasSuffix(m[1], "_test.go"):
				file = m[1]
			case !slices.Contains(tree.tests[file], m[1]):
				faults = append(faults, fmt.Sprintf("security: %s names %s, which is no test in %q", r.name, m[1], file))
			}
		}
	}
	return faults
}

var (
	place = regexp.MustCompile("`((?:[\\w@.-]+/)*(?:[\\w@.-]+\\.(?:go|sql|templ|js|json|md|yaml|yml|conf|txt|sh|example|service|mod|sum)|Makefile|Dockerfile|\\.dockerignore))`(?: \\(`([^`]+)`\\))?")
	link  = regexp.MustCompile(`\]\(([^)]+)\)`)
)

// placeFaults: each file is there, and holds the word that stands in brackets behind it.
func placeFaults(p securityPage, tree knownTree) []string {
	var faults []string
	for _, m := range place.FindAllStringSubmatch(p.text, -1) {
		text, ok := tree.read(m[1])
		if !ok {
			faults = append(faults, fmt.Sprintf("security: there is no %s", m[1]))
		} else if !strings.Contains(text, m[2]) {
			faults = append(faults, fmt.Sprintf("security: %s does not hold %s", m[1], m[2]))
		}
	}
	for _, m := range link.FindAllStringSubmatch(p.text, -1) {
		if strings.Contains(m[1], "://") {
			continue
		}
		if _, ok := tree.read(path.Join("docs", m[1])); !ok {
			faults = append(faults, fmt.Sprintf("security: there is no %s to link to", m[1]))
		}
	}
	return faults
}

// countFaults: the summary has the numbers of the tables, chapter by chapter and in all.
func countFaults(p securityPage) []string {
	counted := map[string][]int{"all": make([]int, 5)}
	for _, r := range p.rows {
		if counted[r.chapter] == nil {
			counted[r.chapter] = make([]int, 5)
		}
		for _, of := range []string{r.chapter, "all"} {
			n := counted[of]
			for i, status := range []string{met, noTest, partly, notMet, notApplicable} {
				if r.status == status || status == noTest && r.status == met && !strings.Contains(r.tests, "`") {
					n[i] += len(r.items)
				}
			}
		}
	}
	var faults []string
	for of, n := range counted {
		if !slices.Equal(n, p.summary[of]) {
			faults = append(faults, fmt.Sprintf("security: of %s the summary says %v, the table %v", of, p.summary[of], n))
		}
	}
	return faults
}

// itemFaults: every item of levels 1 and 2 stands in the table of its chapter, once, and nothing else does.
func itemFaults(p securityPage, levels map[string]int) []string {
	var faults []string
	times := map[string]int{}
	for _, r := range p.rows {
		for _, item := range r.items {
			times[item]++
			if levels[item] == 0 || levels[item] > 2 || !strings.HasPrefix(item, r.chapter+".") {
				faults = append(faults, fmt.Sprintf("security: %s is no item of %s at levels 1 and 2", item, r.chapter))
			}
		}
	}
	for item, level := range levels {
		if level <= 2 && times[item] != 1 {
			faults = append(faults, fmt.Sprintf("security: %s stands there %d times", item, times[item]))
		}
	}
	return faults
}

func readLevels(t *testing.T, file string) map[string]int {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	levels := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		if item, level, ok := strings.Cut(strings.TrimSpace(line), " "); ok && item != "#" {
			levels[item] = numbers([]string{level})[0]
		}
	}
	return levels
}

func realTree(t *testing.T) knownTree {
	t.Helper()
	tests := map[string][]string{}
	for _, s := range allSources(t) {
		for _, f := range functions(s) {
			if s.test() && strings.HasPrefix(f.Name.Name, "Test") {
				tests[s.path] = append(tests[s.path], f.Name.Name)
			}
		}
	}
	read := func(file string) (string, bool) {
		raw, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		return string(raw), err == nil
	}
	return knownTree{levels: readLevels(t, "testdata/asvs-5.0.0.txt"), tests: tests, read: read}
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	tree := realTree(t)
	if len(tree.levels) != 345 {
		t.Fatalf("%d items: the standard has 345", len(tree.levels))
	}
	text, ok := tree.read("docs/security.md")
	p := readSecurity(text, tree.levels)
	if !ok || len(p.rows) < 200 || len(p.summary) != 18 {
		t.Fatalf("%d rows and %d chapters: the page is not read", len(p.rows), len(p.summary))
	}
	none(t, securityFaults(p, tree))
}

// smallPage is a right page about five items of two chapters.
const smallPage = "See [data](data.md) and [elsewhere](https://example.com).\n" +
	"### How it stands\n| chapter | met | of these without a test | partly | not met | not applicable |\n|---|---|---|---|---|---|\n" +
	"| V1 First | 1 | 0 | 0 | 1 | 0 |\n| V2 Second | 1 | 1 | 0 | 0 | 2 |\n| **all** | 2 | 1 | 0 | 1 | 2 |\n" +
	"### What is not met\n| items | what | what it would take |\n|---|---|---|\n| V1.1.2 | locks | work |\n" +
	"### V1 First\n| item | asks | met by | test | SOC 2 | status |\n|---|---|---|---|---|---|\n" +
	"| V1.1.1 | doors | `web/door.go` (`shut`) | `web/door_test.go`: `TestShut` | CC6.1 | met |\n" +
	"| V1.1.2 | locks | – | – | CC6.1 | not met: there are none |\n" +
	"### V2 Second\n| item | asks | met by | test | SOC 2 | status |\n|---|---|---|---|---|---|\n" +
	"| V2.1.1 | walls | `web/door.go` | – | CC6.1 | met |\n" +
	"| V2.2.1–V2.2.3 | windows | – | – | – | not applicable: it has none |\n"

func TestSecurityIsPlanted(t *testing.T) {
	t.Parallel()
	files := map[string]string{"web/door.go": "func shut() {}", "web/door_test.go": "func TestShut", "docs/data.md": ""}
	tree := knownTree{
		levels: map[string]int{"V1.1.1": 1, "V1.1.2": 2, "V2.1.1": 1, "V2.2.1": 2, "V2.2.2": 3, "V2.2.3": 1},
		tests:  map[string][]string{"web/door_test.go": {"TestShut"}, "web/wall_test.go": {"TestWall"}},
		read:   func(file string) (string, bool) { text, ok := files[file]; return text, ok },
	}
	faults := func(text string) []string { return securityFaults(readSecurity(text, tree.levels), tree) }
	none(t, faults(smallPage))
	for _, c := range []struct{ old, planted, want string }{
		{"CC6.1 | met |\n| V1.1.2", "CC6.1 | fine |\n| V1.1.2", `V1.1.1 has the status "fine"`},
		{"CC6.1 | met |\n| V1.1.2", "CC6.1 |\n| V1.1.2", `V1.1.1 has the status "of 5 cells"`},
		{"met: there are none", "met", `V1.1.2 is not met, with the reason ""`},
		{"| V1.1.2 | locks | work |\n", "", "not met are [V1.1.2], and the list has []"},
		{"| V1.1.2 | locks | work |", "| V1.1.2, V2.1.1 | locks | work |", "the list has [V1.1.2 V2.1.1]"},
		{"`TestShut`", "`TestOpen`", "V1.1.1 names TestOpen"},
		{"`web/door_test.go`: `TestShut`", "`web/door_test.go`: `TestWall`", "V1.1.1 names TestWall"},
		{"`web/door.go` (`shut`)", "`web/gate.go` (`shut`)", "there is no web/gate.go"},
		{"(`shut`)", "(`locked`)", "web/door.go does not hold locked"},
		{"(data.md)", "(dates.md)", "there is no dates.md to link to"},
		{"| V1 First | 1 |", "| V1 First | 2 |", "of V1 the summary says [2 0 0 1 0], the table [1 0 0 1 0]"},
		{"| **all** | 2 | 1 |", "| **all** | 2 | 0 |", "of all the summary says"},
		{"| V2 Second | 1 | 1 | 0 | 0 | 2 |\n", "", "of V2 the summary says []"},
		{"| V2.1.1 | walls | `web/door.go` | – | CC6.1 | met |\n", "", "V2.1.1 stands there 0 times"},
		{"| V2.1.1 | walls", "| V2.1.1, V2.2.1 | walls", "V2.2.1 stands there 2 times"},
		{"| V2.1.1 | walls", "| V2.1.1, V2.2.2 | walls", "V2.2.2 is no item of V2"},
		{"| V2.1.1 | walls", "| V2.1.1, V1.1.1 | walls", "V1.1.1 is no item of V2"},
		{"| V2.1.1 | walls", "| V2.1.1, V9.9.9 | walls", "V9.9.9 is no item of V2"},
	} {
		text := strings.Replace(smallPage, c.old, c.planted, 1)
		if text == smallPage {
			t.Errorf("nothing was planted in place of %q", c.old)
		}
		got := faults(text)
		if !slices.ContainsFunc(got, func(f string) bool { return strings.Contains(f, c.want) }) {
			t.Errorf("planted %q: got %q, want %q", c.planted, got, c.want)
		}
	}
}
