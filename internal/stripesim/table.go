package stripesim

import (
	"encoding/json"
	"fmt"
	"slices"
)

// table keeps objects by id in the order they were made. The zero value is empty and usable.
type table[T any] struct {
	rows  map[string]*T
	order []string
}

func (t *table[T]) get(id string) *T { return t.rows[id] }

func (t *table[T]) put(id string, row *T) {
	if t.rows == nil {
		t.rows = map[string]*T{}
	}
	if _, ok := t.rows[id]; !ok {
		t.order = append(t.order, id)
	}
	t.rows[id] = row
}

func (t *table[T]) remove(id string) {
	if _, ok := t.rows[id]; !ok {
		return
	}
	delete(t.rows, id)
	if t.order[0] == id {
		t.order = t.order[1:] // the usual case, without moving all others
		return
	}
	t.order = slices.DeleteFunc(t.order, func(other string) bool { return other == id })
}

// oldest lists the rows that keep accepts (nil: all) in the order they were made.
func (t *table[T]) oldest(keep func(*T) bool) []*T {
	var rows []*T
	for _, id := range t.order {
		if row := t.rows[id]; keep == nil || keep(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// newest lists the rows that keep accepts (nil: all), the last made first.
func (t *table[T]) newest(keep func(*T) bool) []*T {
	rows := t.oldest(keep)
	slices.Reverse(rows)
	return rows
}

type tableRow[T any] struct {
	ID  string `json:"id"`
	Row *T     `json:"row"`
}

// MarshalJSON writes the rows as a list, which keeps their order.
func (t table[T]) MarshalJSON() ([]byte, error) {
	rows := make([]tableRow[T], 0, len(t.order))
	for _, id := range t.order {
		rows = append(rows, tableRow[T]{ID: id, Row: t.rows[id]})
	}
	return json.Marshal(rows)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *table[T]) UnmarshalJSON(data []byte) error {
	var rows []tableRow[T]
	if err := json.Unmarshal(data, &rows); err != nil {
		return err
	}
	*t = table[T]{}
	for _, row := range rows {
		if row.Row == nil || row.ID == "" {
			return fmt.Errorf("a row without id or content")
		}
		t.put(row.ID, row.Row)
	}
	return nil
}
