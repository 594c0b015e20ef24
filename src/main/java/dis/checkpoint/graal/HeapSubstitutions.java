package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.graalvm.word.UnsignedWord;
import org.graalvm.word.WordFactory;

/**
 * The heap of the executable. With code that is made to be small, each allocation of an array asks for these sizes, and
 * GraalVM would look both up among the options of the start.
 */
final class HeapSubstitutions {

    private HeapSubstitutions() {}

    /** The collection policy {@code BySpaceAndTime} ({@code application.properties}). */
    @TargetClass(className = "com.oracle.svm.core.genscavenge.BasicCollectionPolicies", innerClass = "BasicPolicy")
    static final class CollectionPolicy {

        /** A function handles one event at a time, and an event can be as large as 6 MB. */
        @Substitute
        public UnsignedWord getMaximumHeapSize() {
            return WordFactory.unsigned(64L << 20);
        }

        /** Is not full before the first answer. */
        @Substitute
        public UnsignedWord getMaximumYoungGenerationSize() {
            return WordFactory.unsigned(6L << 20);
        }
    }
}
