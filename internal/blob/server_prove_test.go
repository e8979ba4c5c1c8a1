//go:build prove

package blob_test

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"plinth/internal/blob"
	"plinth/test/proof"
)

// server builds versitygw at the version that tools/versitygw pins, runs it over a folder, and makes an empty bucket.
func server(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "versitygw")
	build := exec.Command("go", "build", "-modfile=tools/versitygw/go.mod", "-o", binary, "github.com/versity/versitygw/cmd/versitygw")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building versitygw: %v\n%s", err, out)
	}
	root, notes := filepath.Join(dir, "root"), filepath.Join(dir, "notes")
	for _, d := range []string{root, notes} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(binary, "--port", address, "--access", "key", "--secret", "secret", "--region", "eu-central-1", "posix", "--sidecar", notes, root)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run.Process.Kill(); err != nil {
			t.Errorf("ending versitygw: %v", err)
		}
		_ = run.Wait() // it was killed, and says so
	})
	makeBucket(t, "http://"+address)
	return "s3://key:secret@files?region=eu-central-1&endpoint=" + url.QueryEscape("http://"+address)
}

// makeBucket tries until the server answers.
func makeBucket(t *testing.T, endpoint string) {
	t.Helper()
	client := s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: &endpoint, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
	deadline := time.After(20 * time.Second)
	for {
		_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("files")})
		if err == nil {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("make a bucket: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func TestProveTicketsFilesOnARealServer(t *testing.T) {
	s, err := blob.Open(server(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]func(*testing.T, *blob.Store){"kept": filesAreKept, "half": halfAFileIsNotKept, "places": placesInAFile} {
		if !t.Run(name, func(t *testing.T) { test(t, s) }) {
			return
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	const size = 300 << 20
	most := held(t, func() {
		err := s.Write(t.Context(), "large", func(w io.Writer) error {
			_, err := io.CopyN(w, endless{}, size)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	r, n, err := s.Read(t.Context(), "large")
	if err != nil || n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n != size {
		t.Errorf("read %d bytes: %v", n, err)
	}
	_ = r.Close()
	proof.Line(t, "memory to send 300 MB to a bucket of S3 (versitygw)", fmt.Sprintf("%d MB", most>>20), "at most 64 MB", most <= 64<<20)
}

// endless is a file without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// held is the most memory that fn has at once, beyond what there was.
func held(t *testing.T, fn func()) int64 {
	t.Helper()
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Int64
	done, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), int64(now.HeapInuse)-int64(before.HeapInuse)))
			}
		}
	}()
	fn()
	close(done)
	<-over
	return most.Load()
}
