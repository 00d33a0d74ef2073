import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/** Runs a program's main class for as long as whoever started it holds our standard input open. */
public final class Leashed {
    private Leashed() {}

    public static void main(String[] args) throws Throwable {
        Thread leash = new Thread(Leashed::endWithOwner, "leash");
        leash.setDaemon(true);
        leash.start();
        String[] rest = java.util.Arrays.copyOfRange(args, 1, args.length);
        try {
            Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static void endWithOwner() {
        try {
            while (System.in.read() != -1) {
                // Only the end counts.
            }
        } catch (IOException closed) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(1);
    }
}
