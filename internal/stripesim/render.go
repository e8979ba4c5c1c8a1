package stripesim

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

//go:embed shapes/shapes.json
var shapeFiles embed.FS

// obj is a JSON object as it goes over the wire.
type obj = map[string]any

// internalKey holds what only the simulator knows; it is kept in the state file and never answered.
const internalKey = "_sim"

func loadShapes() (map[string]obj, error) {
	data, err := shapeFiles.ReadFile("shapes/shapes.json")
	if err != nil {
		return nil, fmt.Errorf("reading the object shapes: %w", err)
	}
	shapes := map[string]obj{}
	if err := json.Unmarshal(data, &shapes); err != nil {
		return nil, fmt.Errorf("reading the object shapes: %w", err)
	}
	return shapes, nil
}

// shaped turns a typed object into its answer: every key that Stripe has, null where nothing is set.
func (s *Sim) shaped(shape string, object any) obj {
	out := toObj(s.shapes[shape])
	merge(out, toObj(object))
	delete(out, internalKey)
	if _, ok := out["livemode"]; ok {
		out["livemode"] = s.cfg.Livemode
	}
	return out
}

// toObj copies any value through JSON, so that answers never share memory with the state.
func toObj(value any) obj {
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("encoding %T: %v", value, err)) // all our types encode
	}
	out := obj{}
	if err := json.Unmarshal(data, &out); err != nil {
		panic(fmt.Sprintf("encoding %T: %v", value, err))
	}
	if out == nil {
		return obj{} // a nil map is null in JSON
	}
	return out
}

func merge(into, from obj) {
	for key, value := range from {
		below, isObj := value.(map[string]any)
		old, wasObj := into[key].(map[string]any)
		if isObj && wasObj {
			merge(old, below)
			continue
		}
		into[key] = value
	}
}

func listOf(url string, more bool, rows ...any) obj {
	if rows == nil {
		rows = []any{}
	}
	return obj{"object": "list", "url": url, "has_more": more, "data": rows}
}

// render answers an object of any kind by its id, or nil.
func (s *Sim) render(id string) obj {
	if pinned, ok := s.st.Pinned[id]; ok {
		return toObj(pinned)
	}
	for _, find := range []func(string) obj{
		found(&s.st.Customers, s.customer), found(&s.st.Products, s.product), found(&s.st.Prices, s.price),
		found(&s.st.Subscriptions, s.subscription), found(&s.st.Schedules, s.schedule),
		found(&s.st.Invoices, s.invoice), found(&s.st.PaymentMethods, s.paymentMethod),
		found(&s.st.Intents, s.paymentIntent), found(&s.st.SetupIntents, s.setupIntent),
		found(&s.st.Charges, s.charge), found(&s.st.Disputes, s.disputeObject), found(&s.st.Refunds, s.refund),
		found(&s.st.Checkouts, s.checkout), found(&s.st.PortalConfigs, s.portalConfig),
		found(&s.st.InvoiceItems, s.invoiceItem), found(&s.st.Coupons, s.coupon),
		found(&s.st.PromotionCodes, s.promotionCode), found(&s.st.Discounts, s.discount),
	} {
		if out := find(id); out != nil {
			return out
		}
	}
	return nil
}

func found[T any](rows *table[T], render func(*T) obj) func(string) obj {
	return func(id string) obj {
		if row := rows.get(id); row != nil {
			return render(row)
		}
		return nil
	}
}

// expand replaces the ids along a dotted path with the objects they name. It reports whether the path
// exists at all.
func (s *Sim) expand(value any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		next, ok := value[path[0]]
		if !ok {
			return value["deleted"] == true // of what is deleted nothing else is told
		}
		if id, isID := next.(string); isID {
			if object := s.render(id); object != nil {
				value[path[0]] = object
				next = object
			}
		}
		if next == nil {
			return true
		}
		return s.expand(next, path[1:])
	case []any:
		for i, member := range value {
			if id, isID := member.(string); isID {
				if object := s.render(id); object != nil {
					value[i] = object
					member = object
				}
			}
			if !s.expand(member, path) {
				return false
			}
		}
		return true
	}
	return false
}

func (s *Sim) expandAll(out obj, paths []string) error {
	for _, path := range paths {
		if !s.expand(out, strings.Split(path, ".")) {
			return invalid("expand", "This property cannot be expanded ("+path+").")
		}
	}
	return nil
}

// changes lists the values that differ, as they were before: an event's previous_attributes.
func changes(before, after obj) obj {
	diff := obj{}
	for key, old := range before {
		now := after[key]
		if sameJSON(old, now) {
			continue
		}
		below, wasObj := old.(map[string]any)
		current, isObj := now.(map[string]any)
		if wasObj && isObj && key != "items" {
			diff[key] = changes(below, current)
			continue
		}
		diff[key] = old
	}
	for key := range after {
		if _, ok := before[key]; !ok {
			diff[key] = nil
		}
	}
	return diff
}

func sameJSON(a, b any) bool {
	left, errLeft := json.Marshal(a)
	right, errRight := json.Marshal(b)
	return errLeft == nil && errRight == nil && string(left) == string(right)
}

func copyMap(m map[string]string) map[string]string { return maps.Clone(m) }
