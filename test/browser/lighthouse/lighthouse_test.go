package lighthouse

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	t.Parallel()
	got, err := read([]byte(`{"categories":{"performance":{"score":0.97},"accessibility":{"score":1},"best-practices":{"score":0.5}}}`))
	if err != nil || got != (Scores{97, 100, 50}) {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = read([]byte(`{"runtimeError":{"code":"NO_FCP","message":"nothing painted"},"categories":{}}`))
	if err == nil || !strings.Contains(err.Error(), "NO_FCP: nothing painted") {
		t.Errorf("a page that was not measured: %v", err)
	}
	if _, err := read([]byte(`<html>`)); err == nil {
		t.Error("nonsense was read")
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	if got := header(map[string]string{"b": "2", "a": "1"}); got != `{"Cookie":"a=1; b=2"}` {
		t.Error(got)
	}
	if got := header(nil); got != "{}" {
		t.Error(got)
	}
}
