package devpg

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// outside is where root keeps the clusters of folders that the server's user cannot reach; only root can write there.
const outside = "/var/lib/plinth"

// place is one state folder and where its cluster really lies.
type place struct {
	dir  string // the folder as the caller named it, made absolute: lock and pointer
	base string // the cluster, its log, password and FIFO; owned by the server's account
	acct account
}

func (p place) lockFile() string          { return filepath.Join(p.dir, "lock") }
func (p place) holdersFile() string       { return filepath.Join(p.dir, "holders") }
func (p place) pointerFile() string       { return filepath.Join(p.dir, "location") }
func (p place) dataDir() string           { return filepath.Join(p.base, "data") }
func (p place) logFile() string           { return filepath.Join(p.base, "log") }
func (p place) passwordFile() string      { return filepath.Join(p.base, "password") }
func (p place) fifoFile() string          { return filepath.Join(p.base, "alive") }
func (p place) ackFile() string           { return filepath.Join(p.base, "ack") }
func (p place) exitFile(of string) string { return filepath.Join(p.base, "exit-"+of) }

// findPlace makes the folder ready and decides where its cluster lies.
func findPlace(dir string) (place, error) {
	if dir == "" {
		return place{}, errors.New("no state folder named")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return place{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return place{}, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return place{}, err
	}
	acct, err := serverAccount()
	if err != nil {
		return place{}, err
	}
	p := place{dir: dir, acct: acct}
	if p.base, err = p.chooseBase(); err != nil {
		return place{}, err
	}
	p.acct = p.acct.ofFolder(p.dataDir())
	return p, p.prepare()
}

// chooseBase is the folder itself when the server's user can reach it, else a folder under /var/lib that belongs to
// it by the hash of its path. The pointer file lets a moved checkout find its data, and a copied one not steal them.
func (p place) chooseBase() (string, error) {
	if p.acct.reaches(p.dir) {
		return filepath.Join(p.dir, "cluster"), nil
	}
	if raw, err := os.ReadFile(p.pointerFile()); err == nil {
		from, base, ok := strings.Cut(strings.TrimSpace(string(raw)), "\n")
		if _, err := os.Stat(from); ok && (from == p.dir || errors.Is(err, os.ErrNotExist)) {
			return base, p.point(base)
		}
	}
	sum := sha256.Sum256([]byte(p.dir))
	base := filepath.Join(outside, hex.EncodeToString(sum[:8]))
	return base, p.point(base)
}

func (p place) point(base string) error {
	return os.WriteFile(p.pointerFile(), []byte(p.dir+"\n"+base+"\n"), 0o644)
}

// prepare makes the base folder, private to the account. An existing one of somebody else is refused.
func (p place) prepare() error {
	if err := os.MkdirAll(filepath.Dir(p.base), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(p.base, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(p.base)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", p.base)
	}
	return p.acct.own(p.base)
}

// fetched is where programs from npm are kept: beside the state folder, so that the folders of one checkout share
// them, or under /var/lib when the server's user cannot get there.
func (p place) fetched() string {
	if beside := filepath.Dir(p.dir); p.acct.reaches(beside) {
		return filepath.Join(beside, "postgres")
	}
	return filepath.Join(outside, "postgres")
}

// wipe deletes the cluster; the folder and its lock stay.
func (p place) wipe() error {
	if err := p.deleteCluster(); err != nil {
		return err
	}
	return p.prepare()
}

// deleteCluster tries for a while, because the last processes of a killed server may still be writing.
func (p place) deleteCluster() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var last error
	if err := until(ctx, func() (bool, error) {
		last = os.RemoveAll(p.base)
		return last == nil, nil
	}); err != nil {
		return fmt.Errorf("delete the cluster: %w", last)
	}
	return nil
}

func (p place) readPassword() (string, error) {
	raw, err := os.ReadFile(p.passwordFile())
	if err != nil {
		return "", fmt.Errorf("read the cluster's password: %w", err)
	}
	return strings.TrimSpace(string(raw)), nil
}
