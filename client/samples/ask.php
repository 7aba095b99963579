<?php
// Asks the hub one VERIFY and one QUERY, and prints each answer once its signature and digest are verified. PHP 8 with its own extension
// sodium: `php ask.php`. The hub's key is believed only under the authority's root, which HUB_AUTHORITY_ROOT pins. The environment, and
// what is not done here (receipts, collecting what waits): README.md. Exit codes: 0 ok, 1 does not verify, 2 usage, 3 refused, 4 network.
declare(strict_types=1);

const ERROR = '("@status" "content-digest")';
const ANSWER = '("@status" "content-type" "content-digest" "@method";req "@target-uri";req "content-digest";req '
    . '"signature-input";req;key="hub" "signature";req;key="hub")';

try {
    preg_match('~^(https://.|http://(127\.0\.0\.1|localhost)(:|/|$))~', env('BASE_URL'))
        || throw new Exception('HUB_BASE_URL is not https', 2);
    $question = ['purpose' => env('PURPOSE'), 'subject' => env('SUBJECT'), 'case' => env('CASE'), 'officer' => env('OFFICER')];
    echo ask('verify', $question + ['facts' => json_decode(env('FACTS'), flags: JSON_THROW_ON_ERROR)]), "\n";
    echo ask('query', $question), "\n";
} catch (Throwable $ended) {
    fwrite(STDERR, $ended->getMessage() . "\n");
    exit(in_array($ended->getCode(), [2, 3, 4], true) ? $ended->getCode() : 1);
}

/** Signs a question, and gives the body of the answer once it is known to be the hub's answer to it. */
function ask(string $method, array $question): string
{
    $body = json_encode(['salt' => base64url(random_bytes(16))] + $question, JSON_THROW_ON_ERROR);
    $target = env('BASE_URL') . '/exchange/v1/' . env('AGREEMENT') . "/$method";
    $digest = digest($body);
    $input = sprintf('("@method" "@target-uri" "content-digest");created=%d;nonce="%s";keyid="%s";alg="ed25519";tag="mianzheng-request-v1"',
        time(), base64url(random_bytes(16)), env('KEYID'));
    $base = "\"@method\": POST\n\"@target-uri\": $target\n\"content-digest\": $digest\n\"@signature-params\": $input";
    $signature = ':' . base64_encode(sodium_crypto_sign_detached($base, private_key())) . ':';
    [$status, $headers, $told] = send('POST', $target, $body, ['content-type: application/json', "content-digest: $digest",
        "signature-input: hub=$input", "signature: hub=$signature"]);
    verify($status, $headers, $told, "\"@method\";req: POST\n\"@target-uri\";req: $target\n\"content-digest\";req: $digest\n"
        . "\"signature-input\";req;key=\"hub\": $input\n\"signature\";req;key=\"hub\": $signature\n");
    $problem = $status < 400 ? [] : json_decode($told, true, flags: JSON_THROW_ON_ERROR);
    return $status < 400 ? $told : throw new Exception("refused: $status {$problem['code']}: " . ($problem['detail'] ?? ''), 3);
}

/** An answer is signed over our request too; an error from before the hub knew who asks, over itself alone. */
function verify(int $status, array $headers, string $body, string $request): void
{
    $told = $headers['signature-input'] ?? '';
    $error = $status >= 400 && str_starts_with($told, 'hub=' . ERROR);
    $form = '~^hub=(' . preg_quote($error ? ERROR : ANSWER, '~') . ';created=[0-9]+;keyid="hub/([A-Za-z0-9-]+)";alg="ed25519";tag="mianzheng-'
        . ($error ? 'error' : 'answer') . '-v1")$~D';
    if (!preg_match($form, $told, $input) || !preg_match('~^hub=:(.+):$~D', $headers['signature'] ?? '', $signature)) {
        throw new Exception('does not verify: not signed as an answer of the hub');
    }
    if (($headers['content-digest'] ?? '') !== digest($body)) {
        throw new Exception('does not verify: the digest is not that of the body');
    }
    $base = "\"@status\": $status\n" . ($error ? '' : "\"content-type\": {$headers['content-type']}\n")
        . "\"content-digest\": {$headers['content-digest']}\n" . ($error ? '' : $request) . "\"@signature-params\": $input[1]";
    sodium_crypto_sign_verify_detached((string) base64_decode($signature[1], true), $base, certified($input[2]))
        || throw new Exception('does not verify: the signature is wrong');
}

/** The hub's public key of this name, if the pinned root certified it for answers, it is valid now, and no act revokes it. */
function certified(string $name): string
{
    // Acts are canonical JSON: the order of a certificate stands in its act byte by byte as it was signed.
    $stored = json_decode(send('GET', env('BASE_URL') . '/api/v1/keys')[2], true, flags: JSON_THROW_ON_ERROR)['acts'];
    $acts = implode("\n", array_map(fn(array $one): string => base64_decode($one['act']), $stored));
    $form = '~"order":(\{"alg":"ed25519",[^{}]*"hub":"' . preg_quote(env('LOG_ORIGIN'), '~') . '","name":"' . $name . '",[^{}]*'
        . '"not_after":"([^"]+)","not_before":"([^"]+)","owner":"hub","public_key":"([^"]+)","type":"key","use":"hub-answer"\})'
        . '.*"keyid":"authority/root"[^{}]*"value":"([^"]+)"~';
    if (preg_match("~\"keyid\":\"hub/$name\".*\"revoke_key\"~", $acts) || !preg_match($form, $acts, $order)
        || !sodium_crypto_sign_verify_detached(unbase64url($order[5]), "mianzheng/key/v1\n$order[1]", unbase64url(env('AUTHORITY_ROOT')))
        || strtotime($order[2]) < time() || strtotime($order[3]) > time()) {
        throw new Exception("does not verify: the pinned root does not stand behind hub/$name now");
    }
    return unbase64url($order[4]);
}

/** Status, headers (names in small letters) and body of one call that follows no redirects. */
function send(string $verb, string $url, string $body = '', array $headers = []): array
{
    $options = ['method' => $verb, 'content' => $body, 'header' => $headers, 'timeout' => 30, 'ignore_errors' => true, 'follow_location' => 0];
    $stream = @fopen($url, 'rb', false, stream_context_create(['http' => $options])) ?: throw new Exception('no answer from the hub', 4);
    [$lines, $told, $found] = [stream_get_meta_data($stream)['wrapper_data'], stream_get_contents($stream), []];
    foreach (array_slice($lines, 1) as $line) {
        [$name, $value] = explode(':', $line, 2) + [1 => ''];
        $found[strtolower($name)] = trim($value);
    }
    $status = (int) substr($lines[0], 9, 3);
    return $status < 500 || isset($found['signature']) ? [$status, $found, (string) $told] : throw new Exception("no answer: $status", 4);
}

function private_key(): string
{
    $der = base64_decode(preg_replace('~-----[^-]+-----|\s~', '', file_get_contents(env('PRIVATE_KEY_FILE'))));
    return sodium_crypto_sign_secretkey(sodium_crypto_sign_seed_keypair(substr($der, -32))); // RFC 8410: the seed stands at the end
}
function digest(string $body): string { return 'sha-256=:' . base64_encode(hash('sha256', $body, true)) . ':'; }
function base64url(string $bytes): string { return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '='); }
function unbase64url(string $text): string { return base64_decode(strtr($text, '-_', '+/')); }
function env(string $name): string { return getenv("HUB_$name") ?: throw new Exception("set HUB_$name", 2); }
