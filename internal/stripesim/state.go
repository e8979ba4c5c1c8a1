package stripesim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// state is everything that outlives a restart.
type state struct {
	Offset         time.Duration          `json:"offset"` // how far the clock is ahead of the real time
	Sequence       int64                  `json:"sequence"`
	Customers      table[Customer]        `json:"customers"`
	Products       table[Product]         `json:"products"`
	Prices         table[Price]           `json:"prices"`
	Subscriptions  table[Subscription]    `json:"subscriptions"`
	Schedules      table[Schedule]        `json:"schedules"`
	Usage          table[UsageRecord]     `json:"usage"`
	TaxIDs         table[TaxID]           `json:"tax_ids"`
	Coupons        table[Coupon]          `json:"coupons"`
	PromotionCodes table[PromotionCode]   `json:"promotion_codes"`
	Discounts      table[Discount]        `json:"discounts"`
	Invoices       table[Invoice]         `json:"invoices"`
	InvoiceItems   table[InvoiceItem]     `json:"invoice_items"`
	PaymentMethods table[PaymentMethod]   `json:"payment_methods"`
	Intents        table[PaymentIntent]   `json:"payment_intents"`
	SetupIntents   table[SetupIntent]     `json:"setup_intents"`
	Charges        table[Charge]          `json:"charges"`
	Refunds        table[Refund]          `json:"refunds"`
	Disputes       table[Dispute]         `json:"disputes"`
	Checkouts      table[CheckoutSession] `json:"checkout_sessions"`
	Portals        table[PortalSession]   `json:"portal_sessions"`
	PortalConfigs  table[PortalConfig]    `json:"portal_configurations"`
	Events         table[Event]           `json:"events"`
	Endpoints      []*Endpoint            `json:"endpoints"`
	Queue          []*queued              `json:"queue"`
	Deliveries     []Delivery             `json:"deliveries"`
	Replies        map[string]reply       `json:"idempotency"`
	Pinned         map[string]obj         `json:"pinned,omitempty"`
}

func loadState(path string) (*state, error) {
	st := &state{Replies: map[string]reply{}, Pinned: map[string]obj{}}
	if path == "" {
		return st, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the local Stripe's state: %w", err)
	}
	if err := json.Unmarshal(data, st); err != nil {
		return nil, fmt.Errorf("reading the local Stripe's state %s: %w", path, err)
	}
	return st, nil
}

// touched marks the state file as behind. The caller holds the lock.
func (s *Sim) touched() {
	if s.cfg.StatePath == "" {
		return
	}
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

func (s *Sim) keepSaving(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.dirty:
		}
		// Changes come in bursts: one file write for each burst is enough.
		pause := time.NewTimer(150 * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if err := s.save(); err != nil {
			s.log.Error("the local Stripe's state was not kept", "error", err)
		}
	}
}

// save writes the state to a new file and moves it over the old one, so that a crash leaves one whole.
func (s *Sim) save() error {
	if s.cfg.StatePath == "" {
		return nil
	}
	s.saveMu.Lock()
	defer s.saveMu.Unlock()
	s.mu.Lock()
	data, err := json.Marshal(s.st)
	s.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encoding the local Stripe's state: %w", err)
	}
	if err := writeAtomically(s.cfg.StatePath, data); err != nil {
		return fmt.Errorf("writing the local Stripe's state: %w", err)
	}
	return nil
}

func writeAtomically(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".stripesim-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already when all went well
	if _, err := temp.Write(data); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := temp.Sync(); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
