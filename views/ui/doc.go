// Package ui holds the pieces every page is made of: frames, fields, buttons, lists, charts, texts.
// They take plain values and do no I/O; what the frame shows travels in the context as a Nav.
package ui
