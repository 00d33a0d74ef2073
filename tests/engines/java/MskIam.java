import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/**
 * Lets in who brings a token as MSK takes it with IAM: a presigned URL of kafka-cluster:Connect for this
 * region by this access key, good for 900 seconds. The signature itself only AWS can check.
 * Options: region, accessKey, log (a file that gets one line for each token), and refuse (while this file
 * is there, nobody is let in).
 */
public final class MskIam implements AuthenticateCallbackHandler {
    private static final DateTimeFormatter AMZ_DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");
    private static final long LIFETIME_S = 900;
    private static final long CLOCK_SKEW_S = 60;

    private String region;
    private String accessKey;
    private Path log;
    private Path refuse;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaas) {
        Map<String, ?> options = jaas.get(0).getOptions();
        region = (String) options.get("region");
        accessKey = (String) options.get("accessKey");
        log = Path.of((String) options.get("log"));
        refuse = Path.of((String) options.get("refuse"));
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerValidatorCallback validator) {
                validate(validator);
            } else if (callback instanceof OAuthBearerExtensionsValidatorCallback extensions) {
                extensions.inputExtensions().map().keySet().forEach(extensions::valid);
            } else if (callback instanceof OAuthBearerTokenCallback) {
                // The broker itself logs in nowhere with a token.
                continue;
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private void validate(OAuthBearerValidatorCallback validator) throws IOException {
        String token = validator.tokenValue();
        try {
            Instant signed = signedAt(token);
            if (Files.exists(refuse)) {
                throw new Refusal("nobody is let in");
            }
            tell("accepted");
            validator.token(new Accepted(token, accessKey, signed.toEpochMilli()));
        } catch (Refusal refusal) {
            tell("refused: " + refusal.getMessage());
            validator.error("invalid_token", null, null);
        }
    }

    private Instant signedAt(String token) throws Refusal {
        URI url;
        try {
            url = URI.create(new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException malformed) {
            throw new Refusal("no URL in base64");
        }
        Map<String, String> query = query(url);
        demand("scheme", "https", url.getScheme());
        demand("host", "kafka." + region + ".amazonaws.com", url.getHost());
        demand("Action", "kafka-cluster:Connect", query.get("Action"));
        demand("X-Amz-Algorithm", "AWS4-HMAC-SHA256", query.get("X-Amz-Algorithm"));
        demand("X-Amz-Expires", Long.toString(LIFETIME_S), query.get("X-Amz-Expires"));
        demand("X-Amz-SignedHeaders", "host", query.get("X-Amz-SignedHeaders"));
        String date = query.getOrDefault("X-Amz-Date", "");
        String day = date.isEmpty() ? "" : date.substring(0, 8);
        demand(
            "X-Amz-Credential",
            accessKey + "/" + day + "/" + region + "/kafka-cluster/aws4_request",
            query.get("X-Amz-Credential"));
        if (!query.getOrDefault("X-Amz-Signature", "").matches("[0-9a-f]{64}")) {
            throw new Refusal("no signature");
        }
        Instant signed = LocalDateTime.parse(date, AMZ_DATE).toInstant(ZoneOffset.UTC);
        long age = Instant.now().getEpochSecond() - signed.getEpochSecond();
        if (age < -CLOCK_SKEW_S || age > LIFETIME_S) {
            throw new Refusal("signed " + age + " seconds ago");
        }
        return signed;
    }

    private static Map<String, String> query(URI url) {
        Map<String, String> query = new HashMap<>();
        for (String pair : url.getRawQuery().split("&")) {
            String[] halves = pair.split("=", 2);
            query.put(halves[0], halves.length < 2 ? "" : URLDecoder.decode(halves[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    private static void demand(String what, String expected, String found) throws Refusal {
        if (!expected.equals(found)) {
            throw new Refusal(what + " is " + found + ", not " + expected);
        }
    }

    private synchronized void tell(String line) throws IOException {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String why) {
            super(why);
        }
    }

    private record Accepted(String value, String principalName, Long startTimeMs) implements OAuthBearerToken {
        @Override
        public Set<String> scope() {
            return Set.of();
        }

        @Override
        public long lifetimeMs() {
            return startTimeMs + LIFETIME_S * 1000;
        }
    }
}
