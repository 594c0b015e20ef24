package dis.checkpoint.graal;

import com.oracle.svm.core.annotate.Delete;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.ClasspathInterceptorChainFactory;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.ServiceMetadata;

/** What the executable leaves out of the SDK for AWS, and of the JDK's connections that it makes its calls through. */
final class SdkSubstitutions {

    private SdkSubstitutions() {}

    /** The SDK wants a parser for services that answer in XML. DynamoDB answers in JSON. */
    @TargetClass(className = "com.sun.xml.internal.stream.XMLInputFactoryImpl")
    @Delete
    static final class XmlInput {}

    /** As {@link XmlInput}. */
    @TargetClass(className = "com.sun.xml.internal.stream.XMLOutputFactoryImpl")
    @Delete
    static final class XmlOutput {}

    /** The SDK knows the endpoints of every service of AWS. Those of DynamoDB follow from the region alone. */
    @TargetClass(className = "software.amazon.awssdk.regions.GeneratedServiceMetadataProvider")
    static final class EndpointsOfAllServices {

        @Substitute
        public ServiceMetadata serviceMetadata(String service) {
            return null;
        }
    }

    /** A file of the class path may name interceptors of calls; none does ({@code SubstitutedVersionsTest}). */
    @TargetClass(ClasspathInterceptorChainFactory.class)
    static final class Interceptors {

        @Substitute
        public List<ExecutionInterceptor> getInterceptors(String file) {
            return List.of();
        }

        @Substitute
        public List<ExecutionInterceptor> getGlobalInterceptors() {
            return List.of();
        }
    }

    /** As {@link Interceptors}, the partitions of AWS; without a file, those that the SDK was made with count. */
    @TargetClass(className = "software.amazon.awssdk.services.dynamodb.endpoints.internal.DefaultPartitionDataProvider")
    static final class Partitions {

        @Substitute
        private Optional<?> classpathPartitionsFile() {
            return Optional.empty();
        }
    }

    /**
     * Before each POST of the SDK, the JDK would wait for a millisecond to see whether the kept connection is still open. It
     * does not use one that has been idle for five seconds anyway, and where the table has closed one earlier, the SDK
     * repeats the call.
     */
    @TargetClass(className = "sun.net.www.http.HttpClient")
    static final class KeptConnection {

        @Substitute
        boolean available() {
            return true;
        }
    }
}
