package devpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// keeper is the parent of the server. It reads a FIFO whose write end every user of the server holds open: when the
// last of them has closed it or died, in whatever way, the read ends and the server is told to shut down. Each line
// read is a user asking whether it came in time; only the answer in the ack file says so.
const keeper = `bin=$1 ack=$2 exit=$3
shift 3
exec 3<&0 </dev/null
"$bin" "$@" 3<&- &
server=$!
(
	while read -r nonce; do
		echo "$nonce" >"$ack.new" && mv "$ack.new" "$ack"
	done <&3
	kill -INT "$server"
) &
reader=$!
exec 3<&-
wait "$server"
echo "$?" >"$exit"
kill "$reader" 2>/dev/null
`

// lingerer holds the FIFO open for a user, and some seconds more after the user has gone.
const lingerer = `cat >/dev/null; exec sleep "$1"`

// errLeaving says that the keeper no longer answers: the server is on its way out.
var errLeaving = errors.New("the server is shutting down")

// hold is what keeps the server up while this process lives.
type hold struct {
	open    []*os.File // FIFO or the lingerer's pipe, and the shared lock that tells others of us
	lingers bool
}

// release gives the hold up; it tells whether there was one.
func (h *hold) release() bool {
	held := len(h.open) > 0
	for _, f := range h.open {
		// A process that this one is just starting shares what is open until it is itself, and a lock with it: so the lock
		// is given back first. What is no lock does not mind.
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
		_ = f.Close()
	}
	h.open = nil
	return held
}

// spawn starts the keeper with the server under it and returns the first hold on it. The keeper gets its read end
// only after the write end is open, so it ends also when we die in the middle of this. It leaves the server's exit
// status in the file exit, whose name is new each time: the keeper before may still be writing its own.
func (p place) spawn(bin binaries, args []string, exit string) (first *os.File, err error) {
	stale, err := filepath.Glob(p.exitFile("*"))
	if err != nil {
		return nil, err
	}
	for _, path := range append(stale, p.ackFile(), p.fifoFile()) {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	if err := os.WriteFile(p.bootFile(), bootID(), 0o600); err != nil {
		return nil, err
	}
	if err := syscall.Mkfifo(p.fifoFile(), 0o600); err != nil {
		return nil, fmt.Errorf("make the FIFO: %w", err)
	}
	if err := p.acct.own(p.fifoFile()); err != nil {
		return nil, err
	}
	in, err := openReader(p.fifoFile())
	if err != nil {
		return nil, fmt.Errorf("open the FIFO: %w", err)
	}
	defer in.Close()
	if first, err = openWriter(p.fifoFile()); err != nil {
		return nil, fmt.Errorf("open the FIFO: %w", err)
	}
	if err := p.runKeeper(bin, args, exit, in); err != nil {
		return nil, errors.Join(err, first.Close())
	}
	return first, nil
}

func (p place) runKeeper(bin binaries, args []string, exit string, in *os.File) error {
	log, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	words := append([]string{"-c", keeper, "keeper", bin.program("postgres"), p.ackFile(), exit}, args...)
	cmd := exec.Command("/bin/sh", words...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = p.base, in, log, log
	p.acct.apply(cmd)
	return startAndReap(cmd)
}

// startAndReap starts a command that may outlive us, and takes its exit status when it does not.
func startAndReap(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}

// openReader opens the FIFO for the keeper: without waiting for a writer, yet blocking for who reads it later.
func openReader(path string) (*os.File, error) {
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		return nil, errors.Join(err, syscall.Close(fd))
	}
	return os.NewFile(uintptr(fd), path), nil
}

// openWriter opens the FIFO for a user; it fails at once when no keeper reads it.
func openWriter(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
}

// hold asks the keeper of a running server to count us as a user.
func (p place) hold(ctx context.Context, linger time.Duration) (*hold, error) {
	fifo, err := openWriter(p.fifoFile())
	if err != nil {
		return nil, errLeaving
	}
	if err := p.ask(ctx, fifo); err != nil {
		return nil, errors.Join(err, fifo.Close())
	}
	return p.keep(fifo, linger)
}

// ask writes a line to the keeper and waits until it answers with the same.
func (p place) ask(ctx context.Context, fifo *os.File) error {
	nonce := rand.Text()
	if _, err := fifo.WriteString(nonce + "\n"); err != nil {
		return errLeaving
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 5*time.Second, errLeaving)
	defer cancel()
	return until(ctx, func() (bool, error) {
		if _, ok := p.running(); !ok {
			return false, errLeaving
		}
		answer, err := os.ReadFile(p.ackFile())
		return err == nil && strings.TrimSpace(string(answer)) == nonce, nil
	})
}

// keep turns an accepted FIFO into the hold of this process, handing it to a lingerer when one is wanted.
func (p place) keep(fifo *os.File, linger time.Duration) (*hold, error) {
	holders, err := os.OpenFile(p.holdersFile(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Join(err, fifo.Close())
	}
	if _, err := tryLock(holders, syscall.LOCK_SH); err != nil {
		return nil, errors.Join(err, fifo.Close(), holders.Close())
	}
	if linger <= 0 {
		return &hold{open: []*os.File{fifo, holders}}, nil
	}
	pipe, err := startLingerer(fifo, linger)
	if err != nil {
		return nil, errors.Join(err, fifo.Close(), holders.Close())
	}
	return &hold{open: []*os.File{pipe, holders}, lingers: true}, fifo.Close()
}

func startLingerer(fifo *os.File, linger time.Duration) (*os.File, error) {
	in, pipe, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	seconds := strconv.Itoa(int((linger + time.Second - 1) / time.Second))
	cmd := exec.Command("/bin/sh", "-c", lingerer, "lingerer", seconds)
	cmd.Dir, cmd.Stdin, cmd.ExtraFiles = "/", in, []*os.File{fifo}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := startAndReap(cmd); err != nil {
		return nil, errors.Join(err, pipe.Close())
	}
	return pipe, nil
}

// held tells whether a process other than this hold's uses the server.
func (p place) held() bool {
	f, err := os.OpenFile(p.holdersFile(), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	alone, err := tryLock(f, syscall.LOCK_EX)
	return err == nil && !alone
}
