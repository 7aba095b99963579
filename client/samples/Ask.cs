// Asks the hub one VERIFY and one QUERY, and prints each answer once its signature and digest are verified. .NET 8 or later, no package:
// `dotnet new console`, this file in the place of Program.cs, `dotnet run`. .NET has no Ed25519 of its own, so this calls OpenSSL 3, which
// .NET needs on Linux anyway. The hub's key is believed only under the authority's root, which HUB_AUTHORITY_ROOT pins. The environment, and
// what is not done here (receipts, collecting what waits): README.md. Exit codes: 0 ok, 1 does not verify, 2 usage, 3 refused, 4 network.
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
try {
    Match("HUB_BASE_URL", Env("BASE_URL"), @"^(https://.|http://(127\.0\.0\.1|localhost)(:|/|$))", 2);
    string question = $"\"purpose\":\"{Env("PURPOSE")}\",\"subject\":\"{Env("SUBJECT")}\",\"case\":\"{Env("CASE")}\",\"officer\":\"{Env("OFFICER")}\"";
    Console.WriteLine(Ask("verify", $"{question},\"facts\":{Env("FACTS")}"));
    Console.WriteLine(Ask("query", question));
    return 0;
} catch (Exception ended) {
    Console.Error.WriteLine(ended.Message);
    return ended is Ended known ? known.Code : ended is HttpRequestException or IOException or OperationCanceledException ? 4 : 1;
}

string Ask(string method, string question) { // Signs a question, and gives the body of the answer once it is known to be the hub's answer to it.
    string body = $"{{\"salt\":\"{Random()}\",{question}}}", target = $"{Env("BASE_URL")}/exchange/v1/{Env("AGREEMENT")}/{method}";
    string digest = Digest(Encoding.UTF8.GetBytes(body)), input = $"(\"@method\" \"@target-uri\" \"content-digest\")"
        + $";created={DateTimeOffset.UtcNow.ToUnixTimeSeconds()};nonce=\"{Random()}\";keyid=\"{Env("KEYID")}\";alg=\"ed25519\";tag=\"mianzheng-request-v1\"";
    byte[] pem = Decode(Regex.Replace(File.ReadAllText(Env("PRIVATE_KEY_FILE")), @"-----[^-]+-----|\s", "")); // RFC 8410: the seed stands at the end
    string signature = ":" + Convert.ToBase64String(OpenSsl.Sign(pem[^32..],
        $"\"@method\": POST\n\"@target-uri\": {target}\n\"content-digest\": {digest}\n\"@signature-params\": {input}")) + ":";
    var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    request.Headers.Add("content-digest", digest);
    request.Headers.Add("signature-input", "hub=" + input);
    request.Headers.Add("signature", "hub=" + signature);
    var (status, head, told) = Send(request);
    Verify(status, head, told, $"\"@method\";req: POST\n\"@target-uri\";req: {target}\n\"content-digest\";req: {digest}\n"
        + $"\"signature-input\";req;key=\"hub\": {input}\n\"signature\";req;key=\"hub\": {signature}\n");
    string text = Encoding.UTF8.GetString(told);
    return status < 400 ? text : throw new Ended(3, $"refused: {status} {Regex.Match(text, "\"code\":\"\\w+\"")}");
}
void Verify(int status, Func<string, string> head, byte[] body, string request) { // An answer is signed over our request too; an error from before the hub knew who asks, over itself alone.
    const string OfError = "(\"@status\" \"content-digest\")", OfAnswer = "(\"@status\" \"content-type\" \"content-digest\" \"@method\";req "
        + "\"@target-uri\";req \"content-digest\";req \"signature-input\";req;key=\"hub\" \"signature\";req;key=\"hub\")";
    bool error = status >= 400 && head("signature-input").StartsWith("hub=" + OfError, StringComparison.Ordinal);
    var input = Match("the answer's signature-input", head("signature-input"), "^hub=(" + Regex.Escape(error ? OfError : OfAnswer)
        + ";created=[0-9]+;keyid=\"hub/([A-Za-z0-9-]+)\";alg=\"ed25519\";tag=\"mianzheng-" + (error ? "error" : "answer") + "-v1\")$");
    if (head("content-digest") != Digest(body)) throw new Ended(1, "does not verify: the digest is not that of the body");
    OpenSsl.Check(Certified(input[2]), Decode(Match("the answer's signature", head("signature"), "^hub=:(.+):$")[1]), $"\"@status\": {status}\n"
        + (error ? "" : $"\"content-type\": {head("content-type")}\n") + $"\"content-digest\": {Digest(body)}\n" + (error ? "" : request)
        + $"\"@signature-params\": {input[1]}");
}
byte[] Certified(string name) { // The hub's public key of this name, if the pinned root certified it for answers, it is valid now, and no act revokes it.
    string keys = Encoding.UTF8.GetString(Send(new HttpRequestMessage(HttpMethod.Get, Env("BASE_URL") + "/api/v1/keys")).Item3);
    string acts = string.Join("\n", Regex.Matches(keys, "\"act\":\"([^\"]+)\"").Select(act => Encoding.UTF8.GetString(Decode(act.Groups[1].Value))));
    var order = Match("the certificate", acts, "\"order\":(\\{\"alg\":\"ed25519\",[^{}]*\"hub\":\"" + Regex.Escape(Env("LOG_ORIGIN")) + "\",\"name\":\"" + name
        + "\",[^{}]*\"not_after\":\"([^\"]+)\",\"not_before\":\"([^\"]+)\",\"owner\":\"hub\",\"public_key\":\"([^\"]+)\",\"type\":\"key\",\"use\":\"hub-answer\"\\})"
        + ".*\"keyid\":\"authority/root\"[^{}]*\"value\":\"([^\"]+)\""); // canonical JSON: the order stands there byte by byte as it was signed
    OpenSsl.Check(Decode(Env("AUTHORITY_ROOT")), Decode(order[5]), "mianzheng/key/v1\n" + order[1]);
    bool revoked = acts.Contains($"\"keyid\":\"hub/{name}\",\"nonce\""), past = DateTimeOffset.Parse(order[2]) < DateTimeOffset.UtcNow;
    if (revoked || past || DateTimeOffset.Parse(order[3]) > DateTimeOffset.UtcNow) throw new Ended(1, "does not verify: the key does not count now");
    return Decode(order[4]);
}
(int, Func<string, string>, byte[]) Send(HttpRequestMessage request) {
    var answer = http.Send(request);
    string Head(string name) => (answer.Headers.NonValidated.TryGetValues(name, out var found)
        || answer.Content.Headers.NonValidated.TryGetValues(name, out found)) ? found.ToString() : "";
    if ((int)answer.StatusCode >= 500 && Head("signature") == "") throw new HttpRequestException($"no answer: {answer.StatusCode}");
    return ((int)answer.StatusCode, Head, answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult());
}
string[] Match(string what, string text, string form, int code = 1) => Regex.Match(text, form) is { Success: true } found
    ? found.Groups.Values.Select(group => group.Value).ToArray() : throw new Ended(code, $"{what} is not of the form {form}");
string Env(string name) => Environment.GetEnvironmentVariable("HUB_" + name) ?? throw new Ended(2, "set HUB_" + name);
string Random() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
string Digest(byte[] body) => $"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:";
byte[] Decode(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').TrimEnd('=').PadRight((text.TrimEnd('=').Length + 3) / 4 * 4, '='));

sealed class Ended(int code, string message) : Exception(message) { public int Code => code; }
static class OpenSsl {
    const int Ed25519 = 1087; // NID_ED25519 of openssl/obj_mac.h
    const string Library = "libcrypto.so.3";
    [DllImport(Library)] static extern IntPtr EVP_PKEY_new_raw_private_key(int type, IntPtr engine, byte[] key, nuint size);
    [DllImport(Library)] static extern IntPtr EVP_PKEY_new_raw_public_key(int type, IntPtr engine, byte[] key, nuint size);
    [DllImport(Library)] static extern IntPtr EVP_MD_CTX_new();
    [DllImport(Library)] static extern int EVP_DigestSignInit(IntPtr context, IntPtr pkey, IntPtr type, IntPtr engine, IntPtr key);
    [DllImport(Library)] static extern int EVP_DigestSign(IntPtr context, byte[] signature, ref nuint size, byte[] data, nuint length);
    [DllImport(Library)] static extern int EVP_DigestVerifyInit(IntPtr context, IntPtr pkey, IntPtr type, IntPtr engine, IntPtr key);
    [DllImport(Library)] static extern int EVP_DigestVerify(IntPtr context, byte[] signature, nuint size, byte[] data, nuint length);
    public static byte[] Sign(byte[] seed, string text) {
        IntPtr context = EVP_MD_CTX_new(); // a program that asks more than twice frees context and key
        byte[] data = Encoding.UTF8.GetBytes(text), signature = new byte[64];
        nuint size = 64;
        bool done = EVP_DigestSignInit(context, 0, 0, 0, EVP_PKEY_new_raw_private_key(Ed25519, 0, seed, 32)) == 1
            && EVP_DigestSign(context, signature, ref size, data, (nuint)data.Length) == 1;
        return done ? signature : throw new Ended(2, "HUB_PRIVATE_KEY_FILE holds no Ed25519 key");
    }
    public static void Check(byte[] key, byte[] signature, string text) {
        IntPtr context = EVP_MD_CTX_new();
        byte[] data = Encoding.UTF8.GetBytes(text);
        if (EVP_DigestVerifyInit(context, 0, 0, 0, EVP_PKEY_new_raw_public_key(Ed25519, 0, key, (nuint)key.Length)) != 1
            || EVP_DigestVerify(context, signature, (nuint)signature.Length, data, (nuint)data.Length) != 1) throw new Ended(1, "does not verify: a signature is wrong");
    }
}
