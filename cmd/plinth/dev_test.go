package main

import "testing"

func TestDevURLHasAName(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://localhost:8080", "0.0.0.0:9000": "http://localhost:9000", "[::]:9000": "http://localhost:9000",
		"192.168.1.20:8080": "http://192.168.1.20:8080", "127.0.0.2:8080": "http://127.0.0.2:8080",
	} {
		if got := devURL(addr); got != want {
			t.Errorf("%s leads to %s, want %s", addr, got, want)
		}
	}
}
