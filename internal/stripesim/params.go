package stripesim

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// params is a node of form-encoded nested parameters such as items[0][price]. Reading a parameter
// marks it; done reports the first mistake, or a parameter that nobody read.
type params struct {
	name  string // as written, for errors
	value string
	set   bool
	used  bool
	kids  map[string]*params
	root  *params
	err   *apiError // on the root only
}

func parseParams(form url.Values) *params {
	root := &params{}
	root.root = root
	for key, values := range form {
		for i, value := range values {
			node := root
			for _, part := range splitKey(key) {
				if part == "" {
					part = strconv.Itoa(i)
				}
				node = node.grow(part)
			}
			node.value, node.set = value, true
		}
	}
	return root
}

func splitKey(key string) []string {
	head, rest, nested := strings.Cut(key, "[")
	if !nested {
		return []string{key}
	}
	return append([]string{head}, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
}

func (p *params) grow(key string) *params {
	if p.kids == nil {
		p.kids = map[string]*params{}
	}
	kid, ok := p.kids[key]
	if !ok {
		name := key
		if p.name != "" {
			name = p.name + "[" + key + "]"
		}
		kid = &params{name: name, root: p.root}
		p.kids[key] = kid
	}
	return kid
}

// at is the parameter below this one; never nil, so that reads can be chained.
func (p *params) at(key string) *params {
	if kid, ok := p.kids[key]; ok {
		kid.used = true
		return kid
	}
	name := key
	if p.name != "" {
		name = p.name + "[" + key + "]"
	}
	return &params{name: name, root: p.root}
}

// has reports whether the parameter was sent, as a value or as a parent of others.
func (p *params) has(key string) bool {
	kid, ok := p.kids[key]
	return ok && (kid.set || len(kid.kids) > 0)
}

func (p *params) text(key string) string { return p.at(key).value }

func (p *params) need(key string) string {
	kid := p.at(key)
	if kid.value == "" {
		p.fail(missingParam(kid.name))
	}
	return kid.value
}

func (p *params) choice(key, fallback string, allowed ...string) string {
	kid := p.at(key)
	if kid.value == "" {
		return fallback
	}
	for _, one := range allowed {
		if kid.value == one {
			return one
		}
	}
	p.fail(invalid(kid.name, "Invalid "+kid.name+": must be one of "+strings.Join(allowed, ", ")))
	return fallback
}

func (p *params) number(key string) int64 {
	kid := p.at(key)
	if kid.value == "" {
		return 0
	}
	n, err := strconv.ParseInt(kid.value, 10, 64)
	if err != nil {
		p.fail(invalid(kid.name, "Invalid integer: "+kid.value))
	}
	return n
}

func (p *params) flag(key string) bool {
	kid := p.at(key)
	switch kid.value {
	case "true":
		return true
	case "false", "":
	default:
		p.fail(invalid(kid.name, "Invalid boolean: "+kid.value))
	}
	return false
}

// list is the members of an array in the order of their indexes.
func (p *params) list(key string) []*params {
	kid := p.at(key)
	indexes := make([]int, 0, len(kid.kids))
	for index := range kid.kids {
		n, err := strconv.Atoi(index)
		if err != nil {
			p.fail(invalid(kid.name, "Invalid array"))
			return nil
		}
		indexes = append(indexes, n)
	}
	sort.Ints(indexes)
	members := make([]*params, 0, len(indexes))
	for _, index := range indexes {
		members = append(members, kid.at(strconv.Itoa(index)))
	}
	return members
}

func (p *params) texts(key string) []string {
	var values []string
	for _, member := range p.list(key) {
		values = append(values, member.value)
	}
	return values
}

// metadata merges the metadata parameter into old: an empty value removes a key, an empty metadata all.
func (p *params) metadata(old map[string]string) map[string]string {
	kid := p.at("metadata")
	merged := map[string]string{}
	if !kid.set {
		for key, value := range old {
			merged[key] = value
		}
	}
	for key := range kid.kids {
		if value := kid.text(key); value == "" {
			delete(merged, key)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// ignore accepts parameters that Stripe knows and this imitation does nothing with.
func (p *params) ignore(keys ...string) {
	for _, key := range keys {
		if kid, ok := p.kids[key]; ok {
			kid.swallow()
		}
	}
}

func (p *params) swallow() {
	p.used = true
	for _, kid := range p.kids {
		kid.swallow()
	}
}

func (p *params) fail(err *apiError) {
	if p.root.err == nil {
		p.root.err = err
	}
}

// done is called once everything was read and before anything is changed.
func (p *params) done() error {
	if p.root.err != nil {
		return p.root.err
	}
	if name := p.root.unread(); name != "" {
		return unknownParam(name)
	}
	return nil
}

func (p *params) unread() string {
	keys := make([]string, 0, len(p.kids))
	for key := range p.kids {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		kid := p.kids[key]
		if !kid.used {
			return kid.name
		}
		if name := kid.unread(); name != "" {
			return name
		}
	}
	return ""
}
