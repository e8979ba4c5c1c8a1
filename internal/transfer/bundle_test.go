package transfer

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCirclesAreOpened(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ up, want []uint32 }{
		"none":        {[]uint32{0}, []uint32{0}},
		"a chain":     {[]uint32{0, 2, 3, 0}, []uint32{0, 2, 3, 0}},
		"itself":      {[]uint32{0, 1, 1}, []uint32{0, 0, 1}},
		"a circle":    {[]uint32{0, 3, 1, 2}, []uint32{0, 3, 1, 0}},
		"a way to it": {[]uint32{0, 2, 3, 4, 2, 1}, []uint32{0, 2, 3, 4, 0, 1}},
		"two":         {[]uint32{0, 2, 1, 4, 3}, []uint32{0, 2, 0, 4, 0}},
	} {
		openCircles(c.up)
		if diff := cmp.Diff(c.want, c.up); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	long := make([]uint32, 200_001) // as long as it may be: in no time, and not by each from each
	for i := range long {
		long[i] = uint32((i + 1) % len(long))
	}
	long[200_000] = 1
	openCircles(long)
	if long[200_000] != 0 || long[199_999] != 200_000 {
		t.Errorf("a long circle: %d, %d", long[200_000], long[199_999])
	}
}
