package devpg

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that Postgres runs as. Postgres refuses root, so root lends it another one.
type account struct {
	uid, gid int
	lent     bool
}

// serverAccount is the caller's own account, or for root `postgres`, else `nobody`.
func serverAccount() (account, error) {
	if uid := os.Getuid(); uid != 0 {
		return account{uid: uid, gid: os.Getgid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.Atoi(u.Uid)
		gid, gerr := strconv.Atoi(u.Gid)
		if uerr == nil && gerr == nil && uid != 0 {
			return account{uid: uid, gid: gid, lent: true}, nil
		}
	}
	return account{}, errors.New("postgres does not run as root, and there is neither a user postgres nor a user nobody")
}

// ofFolder is the account that already owns the data, so that a user postgres that appears later, by installing the
// package, changes nothing for clusters that nobody made.
func (a account) ofFolder(data string) account {
	info, err := os.Stat(data)
	if err != nil || !a.lent {
		return a
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid != 0 {
		return account{uid: int(st.Uid), gid: int(st.Gid), lent: true}
	}
	return a
}

// apply makes a command run as the account, in a session of its own so that Ctrl-C in a terminal does not reach it.
func (a account) apply(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.lent {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
		cmd.Env = append(os.Environ(), "HOME=/")
	}
}

// own gives a path to the account; without a lent one it is ours already.
func (a account) own(path string) error {
	if !a.lent {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// reaches tells whether the account may walk into the folder: a home of mode 0700 above it is enough to lock it out.
func (a account) reaches(dir string) bool {
	if !a.lent {
		return true
	}
	for {
		info, err := os.Stat(dir)
		if err != nil || !a.enters(info) {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

func (a account) enters(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	mode := info.Mode().Perm()
	switch {
	case int(st.Uid) == a.uid:
		return mode&0o100 != 0
	case int(st.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
