package billing_test

import (
	"encoding/json"
	"fmt"
)

type object = map[string]any

type caseFile struct {
	Sub   object     `json:"sub"` // what a subscription is unless a case says otherwise
	Row   object     `json:"row"`
	Cases []caseSpec `json:"cases"`
}

type caseSpec struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"`
	Repeat   int           `json:"repeat"`
	Given    givenSpec     `json:"given"`
	API      []apiSpec     `json:"api"`
	Deliver  []deliverSpec `json:"deliver"`
	Act      []actSpec     `json:"act"`
	Load     *loadSpec     `json:"load"`
	Property *propertySpec `json:"property"` // a random test instead of deliveries
	Expect   expectSpec    `json:"expect"`
}

type givenSpec struct {
	Row         object            `json:"row"`
	Members     int               `json:"members"`
	Invitations int               `json:"invitations"`
	MappingAt   json.RawMessage   `json:"mapping_at"` // absent: from the beginning
	Invoices    []invoiceGroup    `json:"invoices"`
	Env         map[string]string `json:"env"`
	Subs        int               `json:"subs"`       // so many organizations with a subscription each
	DriftRows   int               `json:"drift_rows"` // rows among them that are not what the API says
}

type invoiceGroup struct {
	Count    int    `json:"count"`
	Status   string `json:"status"`
	Currency string `json:"currency"`
	Total    int    `json:"total"`
}

// loadSpec is a stream of events, one for a subscription.
type loadSpec struct {
	Events int     `json:"events"`
	Over   float64 `json:"over_s"`
}

type propertySpec struct {
	Changes   [2]int     `json:"changes"`
	Duplicate float64    `json:"duplicate_share"`
	Late      float64    `json:"late_share"`
	LateBy    [2]float64 `json:"late_s"`
	Runs      int        `json:"runs"`
}

type apiSpec struct {
	At      float64 `json:"at"`
	Sub     object  `json:"sub"`
	On      string  `json:"on"`
	Times   int     `json:"times"`
	Fault   string  `json:"fault"`
	Changed int     `json:"changed"` // so many of the generated subscriptions change
	Error   *struct {
		Status  int    `json:"status"`
		Code    string `json:"code"`
		Timeout bool   `json:"timeout"`
	} `json:"error"`
}

type deliverSpec struct {
	At        float64           `json:"at"`
	ID        string            `json:"id"`
	Type      string            `json:"type"`
	Created   int64             `json:"created"`
	Obj       object            `json:"obj"`
	Parallel  bool              `json:"parallel"`
	Copies    int               `json:"copies"`
	Sig       [][2]string       `json:"sig"`
	SigAge    int64             `json:"sig_age_s"`
	AppendHex string            `json:"append_hex"`
	Bytes     int               `json:"body_bytes"`       // padded to so many
	Rate      int               `json:"body_bytes_per_s"` // sent so slowly
	Env       map[string]string `json:"env"`
	Fault     string            `json:"fault"`
}

type actSpec struct {
	At       float64 `json:"at"`
	Do       string  `json:"do"`
	Plan     string  `json:"plan"`
	Count    int     `json:"count"`
	Parallel bool    `json:"parallel"`
	Hour     int64   `json:"hour"`
	Quantity int64   `json:"quantity"`
}

type expectSpec struct {
	Row      object          `json:"row"`
	Rows     *int            `json:"rows"`
	Access   json.RawMessage `json:"access"` // a word at rest, or {at, access} each from its at on
	Plan     string          `json:"plan"`
	HTTP     []answerSpec    `json:"http"`
	AnyOrder bool            `json:"http_any_order"`
	Within   []*float64      `json:"within_s"`
	Steps    []stepSpec      `json:"steps"`
	Effects  effectsSpec     `json:"effects"`
}

type stepSpec struct {
	At     float64        `json:"at"`
	Row    object         `json:"row"`
	Rows   *int           `json:"rows"`
	Events map[string]int `json:"events"`
	Page   *struct {
		HTTP int  `json:"http"`
		Age  bool `json:"age"`
	} `json:"page"`
}

type effectsSpec struct {
	Events        map[string]int  `json:"events"`
	Jobs          *int            `json:"jobs"`
	Attempts      *int            `json:"attempts"`
	JobErrors     *int            `json:"job_errors"`
	Mails         map[string]int  `json:"mails"`
	Audit         map[string]int  `json:"audit"`
	Tasks         map[string]int  `json:"tasks"`
	Changes       *int            `json:"subscription_changes"`
	APICalls      map[string]span `json:"api_calls"`
	Stripe        map[string]span `json:"stripe"`
	Keys          *int            `json:"idempotency_keys"`
	MembersAtRest *int            `json:"members"`
	Starts        *bool           `json:"starts"`
	Mismatches    *int            `json:"mismatches"`
	RowsWritten   *int            `json:"rows_written"`
	Drift         *int            `json:"drift_reported"`
	Doubled       *int            `json:"mails_doubled"`
	Elsewhere     *int            `json:"non_billing_5xx"`
	Invoices      *struct {
		Listed   int      `json:"listed"`
		Statuses []string `json:"statuses"`
		Texts    []string `json:"texts"`
	} `json:"invoices"`
}

// span is a number or the numbers between two.
type span [2]int

// UnmarshalJSON reads 3 or [2, 4].
func (s *span) UnmarshalJSON(data []byte) error {
	var n int
	if json.Unmarshal(data, &n) == nil {
		*s = span{n, n}
		return nil
	}
	return json.Unmarshal(data, (*[2]int)(s))
}

func (s span) has(n int) bool { return s[0] <= n && n <= s[1] }

func (s span) String() string {
	if s[0] == s[1] {
		return fmt.Sprint(s[0])
	}
	return fmt.Sprintf("%d to %d", s[0], s[1])
}

// answerSpec is a status, or any of several; null, which is 0 here, is no answer.
type answerSpec []int

// UnmarshalJSON reads 200, null or [null, 400].
func (a *answerSpec) UnmarshalJSON(data []byte) error {
	var one *int
	if json.Unmarshal(data, &one) == nil {
		if one == nil {
			one = new(int)
		}
		*a = answerSpec{*one}
		return nil
	}
	var several []*int
	if err := json.Unmarshal(data, &several); err != nil {
		return err
	}
	for _, n := range several {
		if n == nil {
			n = new(int)
		}
		*a = append(*a, *n)
	}
	return nil
}
