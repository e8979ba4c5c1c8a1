package billing

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"
)

// SignatureTolerance is how far a signature's time may be from ours, before or after.
const SignatureTolerance = 300 * time.Second

// ErrSignature says that a delivery is not signed by a secret of ours, or not now.
var ErrSignature = errors.New("the signature does not hold")

// verify checks the signature against each secret. stripe-go's own check takes an empty secret for one and does not
// mind a time ahead, so both are refused here.
func verify(payload []byte, header string, secrets []string, now time.Time) error {
	at, err := signedAt(header)
	if err != nil {
		return err
	}
	if gap := now.Sub(at); gap > SignatureTolerance || gap < -SignatureTolerance {
		return fmt.Errorf("%w: it was made %s from now", ErrSignature, gap.Round(time.Second))
	}
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		if webhook.ValidatePayloadIgnoringTolerance(payload, header, secret) == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: no secret fits", ErrSignature)
}

// signedAt is the one time of the header. With two of them the one judged here need not be the one that was signed.
func signedAt(header string) (time.Time, error) {
	var times []string
	for part := range strings.SplitSeq(header, ",") {
		if text, ok := strings.CutPrefix(strings.TrimSpace(part), "t="); ok {
			times = append(times, text)
		}
	}
	if len(times) != 1 {
		return time.Time{}, fmt.Errorf("%w: it has %d times", ErrSignature, len(times))
	}
	seconds, err := strconv.ParseInt(times[0], 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: its time is no number", ErrSignature)
	}
	return time.Unix(seconds, 0), nil
}
