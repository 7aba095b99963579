// Asks the hub one VERIFY and one QUERY, and prints each answer once its signature and digest are verified. Go 1.19 or later, no module:
// `go build ask.go && ./ask`. The hub's key is believed only under the authority's root, which HUB_AUTHORITY_ROOT pins. The environment,
// and what is not done here (receipts, collecting what waits): README.md. Exit codes: 0 ok, 1 does not verify, 2 usage, 3 refused, 4 network.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

func main() {
	match(2, "HUB_BASE_URL", `^(https://[\w.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]+)?(/[\w/-]*)?$`, env("BASE_URL"))
	question := fmt.Sprintf(`"purpose":"%s","subject":"%s","case":"%s","officer":"%s"`, env("PURPOSE"), env("SUBJECT"), env("CASE"), env("OFFICER"))
	fmt.Println(ask("verify", question+`,"facts":`+env("FACTS")))
	fmt.Println(ask("query", question))
}
func ask(method, question string) string {
	// Signs a question, and gives the body of the answer once it is known to be the hub's answer to it.
	random, _ := io.ReadAll(io.LimitReader(rand.Reader, 32))
	body := fmt.Sprintf(`{"salt":"%x",%s}`, random[:16], question)
	target, digest := env("BASE_URL")+"/exchange/v1/"+env("AGREEMENT")+"/"+method, digestOf(body)
	input := fmt.Sprintf(`("@method" "@target-uri" "content-digest");created=%d;nonce="%x";keyid="%s";alg="ed25519";tag="mianzheng-request-v1"`,
		time.Now().Unix(), random[16:], env("KEYID"))
	base := fmt.Sprintf("\"@method\": POST\n\"@target-uri\": %s\n\"content-digest\": %s\n\"@signature-params\": %s", target, digest, input)
	pem, _ := os.ReadFile(env("PRIVATE_KEY_FILE"))
	key := decode(regexp.MustCompile(`-----[^-]+-----|\s`).ReplaceAllString(string(pem), ""))
	insist(len(key) == 48, 2, "HUB_PRIVATE_KEY_FILE holds no Ed25519 key") // RFC 8410: the seed stands at the end
	signature := ":" + base64.StdEncoding.EncodeToString(ed25519.Sign(ed25519.NewKeyFromSeed(key[16:]), []byte(base))) + ":"
	status, head, told := send("POST", target, body, http.Header{"Content-Type": {"application/json"}, "Content-Digest": {digest},
		"Signature-Input": {"hub=" + input}, "Signature": {"hub=" + signature}})
	verify(status, head, told, fmt.Sprintf("\"@method\";req: POST\n\"@target-uri\";req: %s\n\"content-digest\";req: %s\n"+
		"\"signature-input\";req;key=\"hub\": %s\n\"signature\";req;key=\"hub\": %s\n", target, digest, input, signature))
	insist(status < 400, 3, fmt.Sprintf("refused: %d %s", status, regexp.MustCompile(`"code":"\w+"`).FindString(told)))
	return told
}
func verify(status int, head http.Header, body, request string) {
	// An answer is signed over our request too; an error from before the hub knew who asks, over itself alone.
	input, tag, kind := head.Get("Signature-Input"), "answer", "\"content-type\": "+head.Get("Content-Type")+"\n"
	form := `("@status" "content-type" "content-digest" "@method";req "@target-uri";req "content-digest";req ` +
		`"signature-input";req;key="hub" "signature";req;key="hub")`
	if early := `("@status" "content-digest")`; status >= 400 && strings.HasPrefix(input, "hub="+early) {
		form, tag, kind, request = early, "error", "", ""
	}
	form = `^hub=(` + regexp.QuoteMeta(form) + `;created=[0-9]+;keyid="hub/([\w-]+)";alg="ed25519";tag="mianzheng-` + tag + `-v1")$`
	signed := match(1, "the answer's Signature-Input", form, input)
	insist(head.Get("Content-Digest") == digestOf(body), 1, "does not verify: the digest is not that of the body")
	base := fmt.Sprintf("\"@status\": %d\n%s\"content-digest\": %s\n%s\"@signature-params\": %s", status, kind, digestOf(body), request, signed[1])
	value := decode(match(1, "the answer's Signature", `^hub=:(.+):$`, head.Get("Signature"))[1])
	insist(ed25519.Verify(certified(signed[2]), []byte(base), value), 1, "does not verify: the signature is wrong")
}
func certified(name string) []byte {
	// The hub's public key of this name, if the pinned root certified it for answers, it is valid now, and no act revokes it.
	_, _, keys := send("GET", env("BASE_URL")+"/api/v1/keys", "", http.Header{})
	acts := regexp.MustCompile(`"[\w+/=]{99,}"`).ReplaceAllStringFunc(keys, func(act string) string { return "\n" + string(decode(act[1:len(act)-1])) })
	order := match(1, "the certificate", `"order":(\{"alg":"ed25519",[^{}]*"hub":"`+regexp.QuoteMeta(env("LOG_ORIGIN"))+`","name":"`+name+`",[^{}]*`+
		`"not_after":"([^"]+)","not_before":"([^"]+)","owner":"hub","public_key":"([^"]+)","type":"key","use":"hub-answer"\})`+
		`.*"keyid":"authority/root"[^{}]*"value":"([^"]+)"`, acts) // canonical JSON: the order stands there byte by byte as it was signed
	holds := ed25519.Verify(decode(env("AUTHORITY_ROOT")), []byte("mianzheng/key/v1\n"+order[1]), decode(order[5]))
	now, revoked := time.Now().UTC().Format(time.RFC3339), strings.Contains(acts, `"keyid":"hub/`+name+`","nonce"`)
	insist(holds && !revoked && order[2] >= now && order[3] <= now, 1, "does not verify: the pinned root does not stand behind the key now")
	return decode(order[4])
}
func send(verb, url, body string, head http.Header) (int, http.Header, string) {
	request, _ := http.NewRequest(verb, url, strings.NewReader(body))
	request.Header = head
	answer, err := (&http.Transport{DisableCompression: true, ResponseHeaderTimeout: time.Minute}).RoundTrip(request) // follows no redirects
	insist(err == nil, 4, fmt.Sprint("no answer: ", err))
	told, err := io.ReadAll(answer.Body)
	insist(err == nil && (answer.StatusCode < 500 || answer.Header.Get("Signature") != ""), 4, "no answer: "+answer.Status)
	return answer.StatusCode, answer.Header, string(told)
}
func digestOf(body string) string {
	digest := sha256.Sum256([]byte(body))
	return "sha-256=:" + base64.StdEncoding.EncodeToString(digest[:]) + ":"
}
func decode(text string) []byte { // both alphabets, padded or not
	bytes, _ := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(text))
	return bytes
}
func match(code int, what, form, text string) []string {
	found := regexp.MustCompile(form).FindStringSubmatch(text)
	insist(found != nil, code, what+" is not of the form "+form)
	return found
}
func env(name string) string { return match(2, "HUB_"+name, `.+`, os.Getenv("HUB_"+name))[0] }
func insist(holds bool, code int, message string) {
	if !holds {
		fmt.Fprintln(os.Stderr, message)
		os.Exit(code)
	}
}
