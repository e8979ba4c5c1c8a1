package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the pieces of a password are worth, in bits, to somebody who tries what people choose. weakBelow is where guessing
// begins to be work: a listed word with a year and a sign is far below, three unlisted words are far above.
const (
	weakBelow   = 30
	listedBits  = 9 // a word of common.txt
	leetBits    = 1 // written p@ssw0rd
	ownBits     = 3 // the person's name, address or organization
	runBits     = 6 // three or more along the alphabet, the digits or the keyboard
	againBits   = 2 // what stands before it once more
	yearBits    = 7
	dateBits    = 14
	letterBits  = 5
	signBits    = 4
	digitBits   = 3
	betweenBits = 2 // a space, hyphen, dot or underscore
)

// rows are the ways that fingers go, forwards and backwards.
const rows = "01234567890123456789 abcdefghijklmnopqrstuvwxyzabc qwertyuiop[]asdfghjkl;'zxcvbnm,./ qwertzuiopasdfghjklyxcvbnm azertyuiopqsdfghjklmwxcvbn " +
	"!@#$%^&*()_+ !\"§$%&/()= 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/ zaq1xsw2cde3vfr4bgt5nhy6mju7 zaq12wsxcde34rfvbgt56yhnmju78ik, " +
	"1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 a1b2c3d4e5f6g7h8i9j0 1a2b3c4d5e6f7g8h9i0j 00112233445566778899 aabbccddeeffgghhiijj " +
	"111222333444555666777888999000 aaabbbcccdddeeefff 147258369 789456123 159357 0246813579 qazwsxedcrfvtgbyhnujm"

// strength says how many bits somebody needs who tries what people choose: the cheapest way to put the password together.
// It must be in small letters. own are words that are worth next to nothing.
func strength(password string, own []string) int {
	plain := []string{password, unleetI.Replace(password), unleetL.Replace(password)}
	best := make([]int, len(password)+1)
	for i := range best[1:] {
		best[i+1] = 1 << 20
	}
	for i := range password {
		reach := func(n, bits int) { best[i+n] = min(best[i+n], best[i]+bits) }
		r, size := utf8.DecodeRuneInString(password[i:])
		reach(size, signOf(r))
		for _, word := range own {
			if strings.HasPrefix(password[i:], word) {
				reach(len(word), ownBits)
			}
		}
		for word := range strings.Lines(common) {
			word = strings.TrimSuffix(word, "\n")
			for spelt, text := range plain {
				if len(text) == len(password) && strings.HasPrefix(text[i:], word) {
					reach(len(word), listedBits+min(spelt, leetBits))
				}
			}
		}
		reachPatterns(password, i, reach)
	}
	return best[len(password)]
}

// reachPatterns is what needs no list: ways of the fingers, years and dates, and what stands there already.
func reachPatterns(s string, i int, reach func(n, bits int)) {
	for n := 3; i+n <= len(s) && alongARow(s[i:i+n]); n++ {
		reach(n, runBits)
	}
	for n := 1; n <= i && i+n <= len(s); n++ {
		if s[i-n:i] == s[i:i+n] {
			reach(n, againBits)
		}
	}
	year := func(at int) bool {
		return at+4 <= len(s) && digits(s[at:at+4]) && (s[at:at+2] == "18" || s[at:at+2] == "19" || s[at:at+2] == "20")
	}
	if year(i) {
		reach(4, yearBits)
	}
	if i+8 <= len(s) && digits(s[i:i+8]) && (year(i) || year(i+4)) {
		reach(8, dateBits)
	}
}

func alongARow(s string) bool {
	return !strings.Contains(s, " ") && (strings.Contains(rows, s) || strings.Contains(rows, reversed(s)))
}

func signOf(r rune) int {
	switch {
	case unicode.IsDigit(r):
		return digitBits
	case strings.ContainsRune(" -._", r):
		return betweenBits
	case r < utf8.RuneSelf && !unicode.IsLetter(r):
		return signBits
	}
	return letterBits
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// As people write words with digits and signs. A one is either letter.
var (
	unleetI = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")
	unleetL = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "l")
)

// ownWords are the words of a person's name, address and organizations, in small letters: whole, and piece by piece.
func ownWords(personal []string) []string {
	var out []string
	for _, text := range personal {
		text = strings.ToLower(strings.TrimSpace(text))
		if text != "" {
			out = append(out, text)
		}
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) >= 3 {
				out = append(out, word)
			}
		}
	}
	return out
}
