package app

import (
	"bytes"
	"cmp"
	"fmt"
	"runtime/debug"

	"plinth/internal/admin"
	"plinth/internal/config"
	"plinth/internal/db"
)

// Version is set by the linker.
var Version = "development"

// program is what this process knows of itself.
func program(c *config.Config) (admin.Program, error) {
	p := admin.Program{Version: Version}
	if info, ok := debug.ReadBuildInfo(); ok {
		p.Go = info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				p.Commit = s.Value
			}
		}
		for _, m := range info.Deps {
			if m.Path == "github.com/riverqueue/river" {
				p.River = m.Version
			}
		}
	}
	p.River = cmp.Or(p.River, "unknown")
	var err error
	if p.Migration, err = db.Newest(); err != nil {
		return p, fmt.Errorf("number of the newest migration: %w", err)
	}
	var text bytes.Buffer
	if err := c.Print(&text); err != nil {
		return p, fmt.Errorf("write down the configuration: %w", err)
	}
	p.Config = text.String()
	return p, nil
}
