package stripesim

import (
	"fmt"
	"net/http"
)

// apiError is a failure in Stripe's shape.
type apiError struct {
	status      int
	Type        string `json:"type"`
	Code        string `json:"code,omitempty"`
	DeclineCode string `json:"decline_code,omitempty"`
	Message     string `json:"message"`
	Param       string `json:"param,omitempty"`
	Charge      string `json:"charge,omitempty"`
	Intent      obj    `json:"payment_intent,omitempty"`
	DocURL      string `json:"doc_url,omitempty"`
}

func (e *apiError) Error() string { return e.Message }

func invalid(param, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, Type: "invalid_request_error", Message: message, Param: param}
}

func refused(code, message string) *apiError {
	return &apiError{status: http.StatusBadRequest, Type: "invalid_request_error", Code: code, Message: message}
}

func missingParam(param string) *apiError {
	e := invalid(param, fmt.Sprintf("Missing required param: %s.", param))
	e.Code = "parameter_missing"
	return e
}

func unknownParam(param string) *apiError {
	e := invalid(param, "Received unknown parameter: "+param)
	e.Code = "parameter_unknown"
	return e
}

// noSuch is the answer for an id that does not exist: 404 when it is the path's, 400 in a parameter.
func noSuch(kind, id, param string) *apiError {
	status := http.StatusBadRequest
	if param == "" {
		status, param = http.StatusNotFound, "id"
	}
	return &apiError{
		status: status, Type: "invalid_request_error", Code: "resource_missing",
		Message: fmt.Sprintf("No such %s: '%s'", kind, id), Param: param,
	}
}

func cardError(code, decline, message string) *apiError {
	return &apiError{status: http.StatusPaymentRequired, Type: "card_error", Code: code, DeclineCode: decline, Message: message}
}
