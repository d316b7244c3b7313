package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Makes the site of {@link Site} in {@code target/site} and follows its links. {@code .ci/site} puts the Javadoc there first;
 * without it, links to it are not followed.
 */
class SiteTest {

    private static final Path SITE = Path.of("target", "site").toAbsolutePath();
    private static final Pattern LINK = Pattern.compile("<(?:a|link|img)\\b[^>]*? (?:href|src)=\"([^\"]*)\"");
    private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");

    private final Map<Path, List<String>> anchors = new HashMap<>();

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<Path> files = Site.build(SITE);
        assertThat(files).hasSizeGreaterThan(40);
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path page : files) {
            if (!page.toString().endsWith(".html")) {
                continue;
            }
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                links++;
                if (!leadsSomewhere(page, link.group(1))) {
                    dead.add(SITE.relativize(page) + ": " + link.group(1));
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(links).isGreaterThan(500);
    }

    private boolean leadsSomewhere(Path page, String link) throws IOException {
        if (link.matches("[a-z]+:.*")) {
            return true;
        }
        String[] parts = link.split("#", 2);
        Path to = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (to.startsWith(SITE.resolve("apidocs")) && !Files.exists(SITE.resolve("apidocs"))) {
            return true;
        }
        return Files.isRegularFile(to) && (parts.length == 1 || anchors(to).contains(parts[1]));
    }

    private List<String> anchors(Path page) throws IOException {
        if (!anchors.containsKey(page)) {
            Matcher id = ID.matcher(Files.readString(page));
            anchors.put(page, id.results().map(each -> each.group(1)).toList());
        }
        return anchors.get(page);
    }
}
