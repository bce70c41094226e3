namespace Magnum.Tests.Web.Api;

/// <summary>Where we answer otherwise than the recorded release, and why.</summary>
internal static class GoldenDifferences
{
    private const string NamesTheField = "the message names the field that is at fault and not the whole body";
    private const string WasAFault = "the recorded release fails (500 or a closed connection) where the request is at fault: 400";
    private const string Readers = "readers write nothing under the default policies of later releases";
    private const string NoSwarm = "no driver of this world makes Swarm clusters";
    private const string InTheBody = "a template that a body names and that is not there is a fault of the body at every version";
    private const string NoSuchRoute = "a path that does not exist is 404, whatever verbs its neighbours have";
    private const string Checked = "later releases check it when the template is saved or the cluster launched";

    public static readonly Dictionary<string, string> All = new()
    {
        ["root-options"] = "recorded with CORS answering first; OPTIONS is 405",
        ["micro-clusters-1.11"] = "newer than the recorded release",
        ["template-create-no-name"] = "names that are made up differ",
        ["template-create-swarm"] = NoSwarm,
        ["template-create-swarm-mode"] = NoSwarm,
        ["template-show-swarm"] = NoSwarm,
        ["template-invalid-swarm-bad-strategy"] = NoSwarm,
        ["template-create-by-reader"] = Readers,
        ["template-patch-by-reader"] = Readers,
        ["template-delete-by-reader"] = Readers,
        ["template-show-after-patch"] = Readers,
        ["cluster-invalid-by-reader"] = Readers,
        ["cluster-invalid-by-reader-keypair-of-other-user"] = Readers,
        ["template-list-marker"] = "the marker is a template that a reader had made",
        ["template-show-hidden-by-member"] = "hidden templates of other projects are not there for members in later releases",
        ["template-show-bad-name"] = "an escaped slash is part of the name, and the name is looked up",
        ["template-detail-in-path"] = "the recorded text is a template that nobody filled in",
        ["template-invalid-no-coe"] = "what is not given is None, not Unset",
        ["template-invalid-bad-image"] = "an image that is not there is said to be so",
        ["template-invalid-image-no-distro"] = "an image without os_distro is said to be so",
        ["template-invalid-bad-fixed-network"] = Checked,
        ["template-invalid-bad-fixed-subnet"] = Checked,
        ["cluster-invalid-no-keypair-anywhere"] = "the cluster has no flavor from anywhere: later releases refuse it",
        ["cluster-invalid-fixed-network-not-found"] = Checked,
        ["cluster-invalid-fixed-subnet-not-found"] = Checked,
        ["template-invalid-volume-size-text"] = NamesTheField,
        ["template-invalid-labels-not-dict"] = NamesTheField,
        ["quota-create-text-limit"] = NamesTheField,
        ["cluster-invalid-node-count-text"] = NamesTheField,
        ["cluster-invalid-timeout-text"] = NamesTheField,
        ["cluster-invalid-labels-not-dict"] = NamesTheField,
        ["template-invalid-labels-bad-value"] = "labels of Mesos are checked in templates for Mesos alone",
        ["template-invalid-bool-text"] = WasAFault,
        ["template-invalid-body-list"] = WasAFault,
        ["template-invalid-json-null"] = WasAFault,
        ["template-invalid-json-string"] = WasAFault,
        ["template-patch-bad-coe"] = WasAFault,
        ["quota-create-no-project"] = WasAFault,
        ["quota-patch-json-patch"] = WasAFault,
        ["cluster-invalid-merge-labels-text"] = WasAFault,
        ["cluster-invalid-bad-master-lb"] = WasAFault,
        ["template-invalid-content-type"] = "forms are no content type of the API: 415 as for all others",
        ["template-invalid-utf8"] = "the recording does not hold the bytes that were sent",
        ["template-patch-replace"] = "updated_at in the answer is that of this update",
        ["template-patch-public-by-admin"] = "updated_at in the answer is that of this update",
        ["template-patch-add-labels"] = "a map is taken as a value of /labels; it is refused because there are labels already",
        ["template-patch-remove-name"] = "a template always has a name: the dashboard of OpenStack breaks on null",
        ["template-patch-empty"] = "a template always has a name: the dashboard of OpenStack breaks on null",
        ["template-patch-others-by-admin"] = "administrators may change other projects' templates",
        ["mservices-one"] = NoSuchRoute,
        ["cluster-action-unknown"] = NoSuchRoute,
        ["cluster-actions-get"] = NoSuchRoute,
        ["cluster-invalid-template-not-found"] = InTheBody,
        ["cluster-invalid-template-name-not-found"] = InTheBody,
        ["cluster-invalid-template-null"] = InTheBody,
        ["cluster-invalid-template-of-others"] = InTheBody,
        ["cluster-invalid-master-count-2-no-lb"] = "an even number of masters is refused first",
        ["cluster-invalid-master-count-even"] = "an even number of masters is refused in later releases",
        ["cluster-invalid-name-empty"] = "an empty name is none: one is made up",
        ["cert-create-no-cluster"] = "a field that is missing is said to be so",
        ["cert-create-empty"] = "a field that is missing is said to be so",
    };
}
