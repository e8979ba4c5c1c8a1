// Command stale tells whether committed generated files still belong to their sources, without the tools that make
// them: tools/generated.sum holds a hash of every input and output.
//
//	stale check              fails, naming each file that changed since its group was generated
//	stale write templ|sqlc|css   records a group; the Makefile calls it right after the group's tool
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// sumFile is the record, one line a file: group, kind, hash, path.
const sumFile = "tools/generated.sum"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	root := os.DirFS(".")
	recorded, err := readSums(sumFile)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "check":
		return report(out, recorded, func(g group) ([]sum, error) { return g.sums(root) })
	case len(args) == 2 && args[0] == "write":
		for _, g := range groups() {
			if g.name != args[1] {
				continue
			}
			fresh, err := g.sums(root)
			if err != nil {
				return err
			}
			return writeSums(sumFile, replace(recorded, g.name, fresh))
		}
	}
	return errors.New("usage: stale check | stale write templ|sqlc|css")
}

// report compares every group and says what to do about the ones that differ.
func report(out io.Writer, recorded []sum, sumsOf func(group) ([]sum, error)) error {
	stale := 0
	for _, g := range groups() {
		now, err := sumsOf(g)
		if err != nil {
			return err
		}
		for _, fault := range compare(of(recorded, g.name), now) {
			fmt.Fprintf(out, "%s: %s; run `make %s`\n", g.name, fault, g.target)
			stale++
		}
	}
	if stale > 0 {
		return fmt.Errorf("generated files are stale: %d differences", stale)
	}
	return nil
}

func of(all []sum, group string) []sum {
	return slices.DeleteFunc(slices.Clone(all), func(s sum) bool { return s.group != group })
}

func replace(all []sum, group string, fresh []sum) []sum {
	kept := slices.DeleteFunc(slices.Clone(all), func(s sum) bool { return s.group == group })
	kept = append(kept, fresh...)
	slices.SortFunc(kept, func(a, b sum) int { return strings.Compare(a.line(), b.line()) })
	return kept
}
