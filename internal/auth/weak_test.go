package auth

import (
	"fmt"
	"strings"
	"testing"
)

// personal is what a stranger may know of whoever chooses the passwords below.
var personal = []string{"Dana Whitfield", "dana.whitfield@harbour.example", "dana.whitfield", "Harbour Laboratories", "harbour-labs"}

func TestGoodPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	good := []string{
		"granite under a statue", "a quite new password", "blue-tree-42-lamp", "correct pony staple attery", "tV9#kq2LmX7p", "x7Kq-92mP-wLz4", "seven tired herons landed",
		"my dog is happy today", "Der Hund bellt laut um acht", "les oiseaux chantent tard", "quiet rivers carve stone", "0h-what-a-l0vely-morning", "purple monkey dishwasher",
		"kettle zebra window", "Tuesday soup was far too salty", "notebook full of lentils", "wir essen heute spätzle", "москва весной прекрасна", "東京の夜は静かで雨が降る", "grandmother's clock stopped",
		"eleven penguins, two hats", "j4Nd!ukWq8z$", "mist over cold harbours", "the laboratory floods monthly", "danaan heroes sailed east", "sunshine monkey dragon tiger", "rotten teeth & rusty nails",
		"4 chairs 3 tables 2 lamps", "hunter of small mushrooms", "footballs bounce sideways here", "nachtzug nach lissabon", "qWx71-hello-zPv",
	}
	for _, password := range good {
		if wrong := CheckPassword(password, personal...); wrong != "" {
			t.Errorf("%q: %s (%d bits)", password, wrong, strength(strings.ToLower(password), ownWords(personal)))
		}
	}
}

func TestBadPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	bad := []string{
		"password1234", "Password2024!", "P@ssw0rd2024!", "passwordpassword", "mypassword123", "pa$$w0rd12345", "thisismypassword", "1234567890123", "123456789012", "112233445566", "121212121212",
		"aaaaaaaaaaaa", "aaaaaaaaaaab", "abcabcabcabc", "abcdefghijkl", "zyxwvutsrqpo", "qwertyuiopas", "qwertyuiop[]", "qwerty123456", "1qaz2wsx3edc", "zaq12wsxcde3", "1q2w3e4r5t6y", "asdfghjkl123",
		"qwerty!@#$%^", "asdf1234asdf1234", "a1b2c3d4e5f6", "abcd1234efgh", "iloveyou1234", "iloveyouforever", "ILoveYou3000", "letmein123456", "letmeinplease", "welcome12345", "Welcome@2024",
		"admin1234567", "administrator", "adminadminadmin", "changeme1234", "summer2025!!", "Winter2024-25", "football1234", "liverpoolfc1892", "Liverpool2019!", "chelsea12345", "monkey123456",
		"dragonballz12", "starwars1977", "michael12081987", "jennifer1990!", "happybirthday", "Christmas2023", "trustno1trustno1", "correct horse battery staple", "to be or not to be", "314159265358979",
		"monday tuesday", "147258369147", "hellohello12", "superman!!!!", "princess_1999", "sunshinesunshine", "passwort12345", "motdepasse123", "Dana Whitfield", "danawhitfield", "dana.whitfield@harbour.example",
		"whitfield2024", "HarbourLaboratories", "harbour-labs-2026", "Harbour1234!", "dana dana dana", "plinthplinth1", "my plinth account is here",
	}
	for _, password := range bad {
		if len([]rune(password)) < MinPassword {
			t.Errorf("%q is too short to tell", password)
		}
		if CheckPassword(password, personal...) == "" {
			t.Errorf("%q is taken (%d bits)", password, strength(strings.ToLower(password), ownWords(personal)))
		}
	}
}

// What people make of a listed word: thousands, all refused.
func TestWhatPeopleMakeOfAWordIsRefused(t *testing.T) {
	t.Parallel()
	endings := []string{"1234", "12345", "123456", "123456789", "1111", "!!!!", "2026!", "_2025", "@123", "qwerty"}
	for year := 1966; year <= 2026; year += 12 {
		endings = append(endings, fmt.Sprint(year), fmt.Sprint(year)+"!")
	}
	tried := 0
	for word := range strings.Lines(common) {
		for _, ending := range endings {
			for _, password := range []string{strings.TrimSpace(word) + ending, ending + strings.TrimSpace(word)} {
				if len([]rune(password)) < MinPassword {
					continue
				}
				if tried++; CheckPassword(password) == "" {
					t.Errorf("%q is taken", password)
				}
			}
		}
	}
	if tried < 3000 {
		t.Errorf("%d only", tried)
	}
	t.Logf("%d passwords", tried)
}

// The longest password there may be does not keep anybody waiting.
func BenchmarkCheckPassword(b *testing.B) {
	long := strings.Repeat("granite-under1", 9)
	for b.Loop() {
		CheckPassword(long, personal...)
	}
}
