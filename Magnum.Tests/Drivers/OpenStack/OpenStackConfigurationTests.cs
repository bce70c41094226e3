using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Configuration;
using Microsoft.Extensions.Configuration;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class OpenStackConfigurationTests
{
    private const string Clouds = """
        clouds:
          prod:
            auth:
              auth_url: https://keystone.example:5000
              username: magnum
              project_name: service
              user_domain_name: Services
              project_domain_id: default
            region_name: North
            interface: internalURL
            verify: false
            orchestration_endpoint_override: https://heat.example/v1/%(project_id)s
          other:
            auth: {auth_url: https://other.example/v3, application_credential_id: ac, application_credential_secret: "007"}
        """;

    private readonly FakeEnvironment _environment = new();
    private readonly Dictionary<string, string?> _settings = [];

    [Fact]
    public void NothingConfigured_IsNoCloud() => Assert.Null(Resolve());

    [Fact]
    public void CloudsFile_WinsOverVariablesAndSection_AndTakesSecretsFromSecureFile()
    {
        ConfigureVariables();
        ConfigureSection();
        _environment.Variables["OS_CLOUD"] = "prod";
        _environment.Files["/home/me/.config/openstack/clouds.yaml"] = Clouds;
        _environment.Files["/etc/openstack/secure.yaml"] = "clouds: {prod: {auth: {password: from-secure}}}";

        var options = Resolve();

        Assert.NotNull(options);
        Assert.Equal("https://keystone.example:5000/v3", options.IdentityUrl.ToString());
        Assert.Equal(("magnum", "from-secure", "Services"), (options.UserName, options.Password, options.UserDomainName));
        Assert.Equal(("service", "default", null), (options.ProjectName, options.ProjectDomainId, options.ProjectDomainName));
        Assert.Equal(("North", "internal", true), (options.Region, options.Interface, options.Insecure));
        Assert.Equal("https://heat.example/v1/%(project_id)s", options.Endpoints["orchestration"]);
        Assert.Equal("from-section", options.Trustee.AdminPassword);
    }

    [Fact]
    public void CloudsFile_IsLookedForInTheGivenOrder()
    {
        _environment.Variables["OS_CLOUD"] = "one";
        foreach (var path in (string[])["/etc/openstack/clouds.yaml", "/home/me/.config/openstack/clouds.yaml", "/srv/here/clouds.yaml", "/given/file"])
        {
            _environment.Files[path] = $"clouds: {{one: {{auth: {{auth_url: 'http://{path.Split('/')[1]}', username: u, password: p, project_name: n}}}}}}";
        }

        var seen = new List<string>();
        _environment.Variables["OS_CLIENT_CONFIG_FILE"] = "/given/file";
        foreach (var next in (string[])["/given/file", "/srv/here/clouds.yaml", "/home/me/.config/openstack/clouds.yaml", "/etc/openstack/clouds.yaml"])
        {
            seen.Add(Resolve()!.IdentityUrl.Host);
            _environment.Files.Remove(next);
        }

        Assert.Equal(["given", "srv", "home", "etc"], seen);
    }

    [Fact]
    public void ApplicationCredential_KeepsItsTextAsText()
    {
        _environment.Variables["OS_CLOUD"] = "other";
        _environment.Files["/srv/here/clouds.yaml"] = Clouds;

        var options = Resolve();

        Assert.True(options!.HasApplicationCredential);
        Assert.Equal(("ac", "007", null), (options.ApplicationCredentialId, options.ApplicationCredentialSecret, options.UserName));
    }

    [Fact]
    public void Variables_WinOverTheSection_WithoutMixingCredentials()
    {
        ConfigureVariables();
        ConfigureSection();
        _settings["OpenStack:ProjectId"] = "the-section's-project";

        var options = Resolve();

        Assert.Equal(("http://variables/v3", "var-user", "var-project", null), (options!.AuthUrl, options.UserName, options.ProjectName, options.ProjectId));
        Assert.Equal(("from-section", TimeSpan.FromSeconds(7)), (options.Trustee.AdminPassword, options.CallTimeout));
    }

    [Fact]
    public void Section_IsTakenLast()
    {
        ConfigureSection();

        var options = Resolve();

        Assert.Equal(("http://section", "section-user", "https://image.example"), (options!.AuthUrl, options.UserName, options.Endpoints["image"]));
    }

    [Fact]
    public void UnknownCloud_NamesTheFileAndTheVariable()
    {
        _environment.Variables["OS_CLOUD"] = "nowhere";
        Assert.Contains("/etc/openstack/clouds.yaml", Problem(), StringComparison.Ordinal);

        _environment.Files["/etc/openstack/clouds.yaml"] = Clouds;
        Assert.Equal("OS_CLOUD: /etc/openstack/clouds.yaml has no cloud named nowhere.", Problem());
    }

    [Fact]
    public void BrokenYaml_IsReportedByPlaceOnly()
    {
        _environment.Variables["OS_CLOUD"] = "prod";
        _environment.Files["/etc/openstack/clouds.yaml"] = "clouds:\n  prod: {auth: {password: hunter2\n";

        var problem = Problem();

        Assert.StartsWith("/etc/openstack/clouds.yaml is not valid YAML (line ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OpenStack:AuthUrl", "keystone", "OpenStack:AuthUrl")]
    [InlineData("OpenStack:UserName", "", "OpenStack:UserName")]
    [InlineData("OpenStack:Password", "", "OpenStack:Password")]
    [InlineData("OpenStack:ProjectName", "", "OpenStack:ProjectName")]
    [InlineData("OpenStack:Interface", "secret", "OpenStack:Interface")]
    [InlineData("OpenStack:CaFile", "/no/such.pem", "OpenStack:CaFile")]
    [InlineData("OpenStack:Endpoints:image", "image", "OpenStack:Endpoints:image")]
    [InlineData("OpenStack:CallTimeout", "00:00:00", "OpenStack:CallTimeout")]
    [InlineData("OpenStack:CallTimeout", "soon", "OpenStack:CallTimeout")]
    [InlineData("OpenStack:PublicAuthUrl", "keystone", "OpenStack:PublicAuthUrl")]
    public void BadValue_IsReportedByItsKey(string key, string value, string named)
    {
        ConfigureSection();
        _settings[key] = value;

        Assert.Contains(named, Problem(), StringComparison.Ordinal);
    }

    private OpenStackOptions? Resolve() =>
        OpenStackConfiguration.Resolve(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(), _environment);

    private string Problem() => Assert.Single(Assert.Throws<OpenStackConfigurationException>(() => Resolve()).Problems);

    private void ConfigureVariables()
    {
        _environment.Variables["OS_AUTH_URL"] = "http://variables/v3";
        _environment.Variables["OS_USERNAME"] = "var-user";
        _environment.Variables["OS_PASSWORD"] = "var-password";
        _environment.Variables["OS_PROJECT_NAME"] = "var-project";
    }

    private void ConfigureSection()
    {
        _settings["OpenStack:AuthUrl"] = "http://section";
        _settings["OpenStack:UserName"] = "section-user";
        _settings["OpenStack:Password"] = "section-password";
        _settings["OpenStack:ProjectName"] = "section-project";
        _settings["OpenStack:Trustee:AdminPassword"] = "from-section";
        _settings["OpenStack:CallTimeout"] = "00:00:07";
        _settings["OpenStack:Endpoints:image"] = "https://image.example";
    }

    private sealed class FakeEnvironment : IProcessEnvironment
    {
        public Dictionary<string, string> Variables { get; } = new() { ["HOME"] = "/home/me" };

        public Dictionary<string, string> Files { get; } = [];

        public string CurrentDirectory => "/srv/here";

        public string? GetVariable(string name) => Variables.GetValueOrDefault(name);

        public string? ReadFile(string path) => Files.GetValueOrDefault(path);
    }
}
