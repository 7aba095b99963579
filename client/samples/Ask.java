// Asks the hub one VERIFY and one QUERY, and prints each answer once its signature and digest are verified. Java 17 or later, no library:
// `java Ask.java`. The hub's key is believed only under the authority's root, which HUB_AUTHORITY_ROOT pins. The environment, and what is
// not done here (receipts, collecting what waits): README.md. Exit codes: 0 ok, 1 does not verify, 2 usage, 3 refused, 4 network.
import java.net.URI;
import java.net.http.*;
import java.nio.file.*;
import java.security.*;
import java.security.spec.*;
import java.time.*;
import java.util.*;
import java.util.regex.*;
import static java.nio.charset.StandardCharsets.UTF_8;

public class Ask {
    static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(); // follows no redirects
    static final String ERROR = "(\"@status\" \"content-digest\")", ANSWER = """
            ("@status" "content-type" "content-digest" "@method";req "@target-uri";req "content-digest";req \
            "signature-input";req;key="hub" "signature";req;key="hub")""";

    public static void main(String[] words) {
        if (!env("BASE_URL").matches("https://.+|http://(127\\.0\\.0\\.1|localhost)(:.*)?")) throw end(2, "HUB_BASE_URL is not https");
        String question = "\"purpose\":\"%s\",\"subject\":\"%s\",\"case\":\"%s\",\"officer\":\"%s\""
                .formatted(env("PURPOSE"), env("SUBJECT"), env("CASE"), env("OFFICER"));
        try {
            System.out.println(ask("verify", question + ",\"facts\":" + env("FACTS")));
            System.out.println(ask("query", question));
        } catch (java.io.IOException lost) { throw end(4, "no answer: " + lost); } catch (Exception wrong) { throw end(1, "does not verify: " + wrong); }
    }
    /** Signs a question, and gives the body of the answer once it is known to be the hub's answer to it. */
    static String ask(String method, String question) throws Exception {
        byte[] body = "{\"salt\":\"%s\",%s}".formatted(random(), question).getBytes(UTF_8);
        String path = "/exchange/v1/" + env("AGREEMENT") + "/" + method, target = env("BASE_URL") + path, digest = digest(body);
        String input = "(\"@method\" \"@target-uri\" \"content-digest\");created=%d;nonce=\"%s\";keyid=\"%s\";alg=\"ed25519\";tag=\"%s\""
                .formatted(Instant.now().getEpochSecond(), random(), env("KEYID"), "mianzheng-request-v1");
        String signature = sign("""
                "@method": POST\n"@target-uri": %s\n"content-digest": %s\n"@signature-params": %s""".formatted(target, digest, input));
        var answer = send("POST", path, body, "content-type", "application/json", "content-digest", digest,
                "signature-input", "hub=" + input, "signature", "hub=" + signature);
        if (answer.statusCode() >= 500 && header(answer, "signature").isEmpty()) throw new java.io.IOException("status " + answer.statusCode());
        verify(answer, """
                "@method";req: POST\n"@target-uri";req: %s\n"content-digest";req: %s
                "signature-input";req;key="hub": %s\n"signature";req;key="hub": %s
                """.formatted(target, digest, input, signature));
        if (answer.statusCode() < 400) return new String(answer.body(), UTF_8);
        throw end(3, "refused: " + answer.statusCode() + " " + match("\"code\":\"(\\w+)\"", new String(answer.body(), UTF_8)).group(1));
    }
    /** An answer is signed over our request too; an error from before the hub knew who asks, over itself alone. */
    static void verify(HttpResponse<byte[]> answer, String request) throws Exception {
        String told = header(answer, "signature-input"), digest = digest(answer.body()), type = header(answer, "content-type");
        boolean error = answer.statusCode() >= 400 && told.startsWith("hub=" + ERROR);
        var input = match("^hub=(\\Q" + (error ? ERROR : ANSWER) + "\\E;created=[0-9]+;keyid=\"hub/([A-Za-z0-9-]+)\";alg=\"ed25519\";"
                + "tag=\"mianzheng-" + (error ? "error" : "answer") + "-v1\")$", told);
        if (!digest.equals(header(answer, "content-digest"))) throw end(1, "does not verify: the digest is not that of the body");
        check(certified(input.group(2)), match("^hub=:(.+):$", header(answer, "signature")).group(1), "\"@status\": " + answer.statusCode()
                + (error ? "" : "\n\"content-type\": " + type) + "\n\"content-digest\": " + digest + "\n" + (error ? "" : request)
                + "\"@signature-params\": " + input.group(1));
    }
    /** The hub's public key of this name, if the pinned root certified it for answers, it is valid now, and no act revokes it. */
    static String certified(String name) throws Exception {
        String acts = "", keys = new String(send("GET", "/api/v1/keys", new byte[0], "accept", "application/json").body(), UTF_8);
        for (var act : Pattern.compile("\"act\":\"([^\"]+)\"").matcher(keys).results().toList())
            acts += new String(Base64.getDecoder().decode(act.group(1)), UTF_8) + "\n"; // canonical: the order stands there as it was signed
        if (Pattern.compile("\"keyid\":\"hub/" + name + "\".*\"revoke_key\"").matcher(acts).find()) throw end(1, "a revoked key");
        var order = match("\"order\":(\\{\"alg\":\"ed25519\",[^{}]*\"hub\":\"\\Q" + env("LOG_ORIGIN") + "\\E\",\"name\":\"" + name + """
                ",[^{}]*"not_after":"([^"]+)","not_before":"([^"]+)","owner":"hub","public_key":"([^"]+)","type":"key","use":"hub-answer"\\})\
                .*"keyid":"authority/root"[^{}]*"value":"([^"]+)\"""", acts);
        check(env("AUTHORITY_ROOT"), order.group(5), "mianzheng/key/v1\n" + order.group(1));
        if (Instant.parse(order.group(2)).isBefore(Instant.now()) || Instant.parse(order.group(3)).isAfter(Instant.now())) throw end(1, "an old key");
        return order.group(4);
    }
    static HttpResponse<byte[]> send(String verb, String path, byte[] body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(env("BASE_URL") + path)).timeout(Duration.ofSeconds(30)).headers(headers);
        return HTTP.send(request.method(verb, HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }
    static String sign(String text) throws Exception {
        byte[] pem = Base64.getMimeDecoder().decode(Files.readString(Path.of(env("PRIVATE_KEY_FILE"))).replaceAll("-----[^-]+-----", ""));
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pem)));
        signer.update(text.getBytes(UTF_8));
        return base64(signer.sign());
    }
    static void check(String key, String signature, String text) throws Exception {
        byte[] der = HexFormat.of().parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(Base64.getUrlDecoder().decode(key)));
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
        verifier.update(text.getBytes(UTF_8));
        if (!verifier.verify(Base64.getUrlDecoder().decode(signature.replace('+', '-').replace('/', '_')))) throw end(1, "does not verify");
    }
    static String base64(byte[] bytes) { return ":" + Base64.getEncoder().encodeToString(bytes) + ":"; }
    static String digest(byte[] body) throws Exception { return "sha-256=" + base64(MessageDigest.getInstance("SHA-256").digest(body)); }
    static String random() { return Base64.getUrlEncoder().withoutPadding().encodeToString(new SecureRandom().generateSeed(16)); }
    static String header(HttpResponse<?> answer, String name) { return answer.headers().firstValue(name).orElse(""); }
    static Matcher match(String form, String text) {
        Matcher found = Pattern.compile(form).matcher(text);
        if (!found.find()) throw end(1, "does not verify: not of the form " + form);
        return found;
    }
    static String env(String name) { return Optional.ofNullable(System.getenv("HUB_" + name)).orElseThrow(() -> end(2, "set HUB_" + name)); }
    static RuntimeException end(int code, String message) { System.err.println(message); System.exit(code); return null; }
}
