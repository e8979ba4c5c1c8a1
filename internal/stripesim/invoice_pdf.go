package stripesim

import (
	"bytes"
	"fmt"
	"strings"
)

// pdfOf writes an invoice as a one-page PDF 1.4 by hand: text in Helvetica, nothing else.
func pdfOf(view invoiceView) []byte {
	rows := []string{"Invoice " + view.Number, "", "Date: " + view.Date, "Status: " + view.Status, ""}
	rows = append(append(rows, view.To...), "")
	for _, line := range view.Lines {
		rows = append(rows, line.Description+"    "+line.Amount)
	}
	if len(view.Less) > 0 {
		rows = append(rows, "", "Subtotal: "+view.Subtotal)
	}
	for _, less := range view.Less {
		rows = append(rows, less.Description+"    "+less.Amount)
	}
	rows = append(rows, "", "Total: "+view.Total, "Amount due: "+view.Due, "", "Made by the local Stripe. No money has moved.")

	var text strings.Builder
	text.WriteString("BT /F1 11 Tf 16 TL 56 786 Td\n")
	for _, row := range rows {
		text.WriteString("(" + pdfText(row) + ") Tj T*\n")
	}
	text.WriteString("ET")
	return pdfFile([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	})
}

func pdfFile(objects []string) []byte {
	var file bytes.Buffer
	file.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, object := range objects {
		offsets = append(offsets, file.Len())
		fmt.Fprintf(&file, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := file.Len()
	fmt.Fprintf(&file, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&file, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&file, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return file.Bytes()
}

// pdfText writes text in WinAnsi as octal escapes where it is not plain; unknown letters become "?".
func pdfText(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '(' || r == ')' || r == '\\':
			out.WriteString(`\` + string(r))
		case r >= ' ' && r <= '~':
			out.WriteRune(r)
		case r == '€':
			out.WriteString(`\200`)
		case r >= 0xA0 && r <= 0xFF:
			fmt.Fprintf(&out, `\%03o`, r)
		default:
			out.WriteByte('?')
		}
	}
	return out.String()
}
