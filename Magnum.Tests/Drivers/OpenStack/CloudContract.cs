using System.Text.Json;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Heat;
using Magnum.Drivers.OpenStack.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.OpenStack;

/// <summary>
/// What Magnum's whole dealing with a cloud rests on, asked of a running one through the real clients: every cloud that Magnum is said to
/// work with passes this, the embedded one included.
/// </summary>
public abstract class CloudContract : IAsyncLifetime
{
    private readonly string _suffix = Guid.NewGuid().ToString("N")[..8];
    private ServiceProvider? _services;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The service user's options.</summary>
    protected abstract Task<OpenStackOptions> StartAsync();

    /// <summary>An ordinary user with a project and a key pair.</summary>
    protected virtual SignIn.Password Person => new("demo", "demo", "Default", "demo", "Default");

    /// <summary>How long a stack with one wait condition may take.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(2);

    private IIdentity Identity => _services!.GetRequiredService<IIdentity>();

    private HeatClient Heat => _services!.GetRequiredService<HeatClient>();

    public virtual async ValueTask InitializeAsync()
    {
        var options = await StartAsync();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMagnumOpenStack(options);
        _services = services.BuildServiceProvider();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Person_SignsInWithoutProject_SeesProjectsAndChoosesOne()
    {
        var unscoped = await Identity.SignInAsync(Person with { ProjectName = null, ProjectDomain = null }, Ct);
        var projects = await Identity.ListProjectsAsync(unscoped.Token, Ct);
        var project = Assert.Single(projects, p => p.Name == Person.ProjectName);
        var scoped = await Identity.SignInAsync(new SignIn.Token(unscoped.Token, project.Id), Ct);
        var read = await Identity.SignInAsync(new SignIn.Token(scoped.Token, null), Ct);

        Assert.Null(unscoped.ProjectId);
        Assert.Equal(project.Id, scoped.ProjectId);
        Assert.NotEmpty(scoped.Roles);
        Assert.Equal(scoped.Roles.Count, scoped.RoleIds.Count);
        Assert.NotEmpty(scoped.Catalog);
        Assert.Equal(scoped.ProjectId, read.ProjectId);
        Assert.Equal(scoped.UserId, read.UserId);
    }

    [Fact]
    public async Task WrongPassword_IsUnauthorizedInClearWords()
    {
        var refusal = await Assert.ThrowsAsync<CloudException>(() => Identity.SignInAsync(Person with { Secret = "wrong" }, Ct));

        Assert.Equal(CloudFault.Unauthorized, refusal.Fault);
        Assert.Equal(401, refusal.StatusCode);
        Assert.Contains("password", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceUser_ValidatesTokens_UntilTheyAreRevoked()
    {
        var person = await Identity.SignInAsync(Person, Ct);

        var seen = await Identity.ValidateAsync(person.Token, Ct);
        await Identity.RevokeAsync(person.Token, Ct);
        await Identity.RevokeAsync(person.Token, Ct);

        Assert.Equal(person.UserId, seen?.UserId);
        Assert.Equal(person.Roles, seen?.Roles);
        Assert.NotNull(seen?.UserDomainId);
        Assert.Null(await Identity.ValidateAsync(person.Token, Ct));
        Assert.Null(await Identity.ValidateAsync("never-was-a-token", Ct));
    }

    [Fact]
    public async Task ServiceUser_SeesAllProjects()
    {
        var person = await Identity.SignInAsync(Person, Ct);

        var found = await Identity.FindProjectAsync(person.ProjectId!, Ct);
        var all = await Identity.ListAllProjectsAsync(Ct);

        Assert.Equal(Person.ProjectName, found?.Name);
        Assert.Contains(all, p => p.Id == person.ProjectId);
        Assert.Null(await Identity.FindProjectAsync("0123456789abcdef0123456789abcdef", Ct));
    }

    [Fact]
    public async Task Trustee_LivesInItsDomain_AndSignsInOnlyWhileEnabled()
    {
        var name = $"{Guid.NewGuid()}_{_suffix}";
        var first = await Identity.EnsureTrusteeAsync(name, Ct);
        var again = await Identity.EnsureTrusteeAsync(name, Ct);
        try
        {
            Assert.Equal(first.Id, again.Id);
            Assert.NotEqual(first.Password, again.Password);
            await Assert.ThrowsAsync<CloudException>(() => Identity.SignInAsync(new SignIn.Password(name, first.Password, "magnum", null, null), Ct));

            var node = await NodeAsync(new SignIn.Password(name, again.Password, "magnum", null, null));
            Assert.Null(node.ProjectId);
            Assert.Equal("magnum", node.UserDomainName);
            Assert.Equal(first.Id, node.UserId);

            await Identity.SetTrusteeEnabledAsync(first.Id, false, Ct);
            await Assert.ThrowsAsync<CloudException>(() => Identity.SignInAsync(new SignIn.Password(name, again.Password, "magnum", null, null), Ct));
            Assert.Null(await Identity.ValidateAsync(node.Token, Ct));

            await Identity.SetTrusteeEnabledAsync(first.Id, true, Ct);
            await Identity.SignInAsync(new SignIn.Password(name, again.Password, "magnum", null, null), Ct);
        }
        finally
        {
            await Identity.DeleteTrusteeAsync(first.Id, Ct);
            await Identity.DeleteTrusteeAsync(first.Id, Ct);
        }
    }

    [Fact]
    public async Task KeyPair_IsMadeInThePersonsName_AndOnlyOnce()
    {
        var person = await Identity.SignInAsync(Person, Ct);
        var credential = new CloudCredential.UserToken(person.Token, person.ProjectId);
        var compute = _services!.GetRequiredService<ICompute>();
        var name = $"magnum-{_suffix}";
        try
        {
            var made = await compute.CreateKeyPairAsync(credential, name, null, Ct);

            Assert.Contains("PRIVATE KEY", made.PrivateKey, StringComparison.Ordinal);
            Assert.Null(SshPublicKey.Check(made.KeyPair.PublicKey));
            Assert.Equal(made.KeyPair, await compute.FindKeyPairAsync(credential, name, Ct));
            var again = await Assert.ThrowsAsync<CloudException>(() => compute.CreateKeyPairAsync(credential, name, made.KeyPair.PublicKey, Ct));
            Assert.Equal(CloudFault.Conflict, again.Fault);
        }
        finally
        {
            await _services!.GetRequiredService<CloudApi>().DeleteAsync(credential, CloudServiceType.Compute, $"os-keypairs/{name}", CloudCall.Plain, Ct);
        }
    }

    [Fact]
    public async Task Catalogs_AreReadAsThePersonAndAsTheService()
    {
        var person = await Identity.SignInAsync(Person, Ct);
        var services = _services!;
        foreach (var credential in (CloudCredential[])[new CloudCredential.UserToken(person.Token, person.ProjectId), new CloudCredential.Service()])
        {
            var compute = services.GetRequiredService<ICompute>();
            var flavors = await compute.ListFlavorsAsync(credential, Ct);
            Assert.Contains(flavors, f => f.Name == "m1.small" && f.Ram == 2048 && f.Vcpus == 1);
            Assert.NotEmpty(await compute.ListAvailabilityZonesAsync(credential, Ct));
            Assert.NotEqual(0, (await compute.GetLimitsAsync(credential, Ct)).Cores.Max);
            Assert.Null(await compute.FindKeyPairAsync(credential, "no-such-keypair", Ct));
            Assert.Null(await compute.FindServerAsync(credential, Guid.NewGuid().ToString(), Ct));
            Assert.Null(await compute.FindConsoleAsync(credential, Guid.NewGuid().ToString(), 50, Ct));
            await compute.ListKeyPairsAsync(credential, Ct);

            var images = services.GetRequiredService<IImages>();
            var image = (await images.ListImagesAsync(credential, Ct)).First(i => i.OsDistro == "ubuntu");
            Assert.Contains(await images.FindImagesAsync(credential, image.Name, Ct), i => i.Id == image.Id);
            Assert.Equal(image.Id, Assert.Single(await images.FindImagesAsync(credential, image.Id, Ct)).Id);
            Assert.Empty(await images.FindImagesAsync(credential, "no such image, in:here", Ct));
            Assert.Empty(await images.FindImagesAsync(credential, Guid.NewGuid().ToString(), Ct));

            var networking = services.GetRequiredService<INetworking>();
            var networks = await networking.ListNetworksAsync(credential, Ct);
            Assert.Contains(networks, n => n is { Name: "public", External: true });
            Assert.NotEqual(0, (await networking.GetLimitsAsync(credential, Ct)).FloatingIps.Max);
            await networking.ListSubnetsAsync(credential, Ct);
            await networking.HasLoadBalancersAsync(credential, Ct);

            var volumes = services.GetRequiredService<IBlockStorage>();
            if (await volumes.IsAvailableAsync(credential, Ct))
            {
                await volumes.ListVolumeTypesAsync(credential, Ct);
                await volumes.GetLimitsAsync(credential, Ct);
            }
        }
    }

    [Fact]
    public async Task Trust_LetsMagnumCreateChangeAndDeleteAStackInThePersonsProject()
    {
        var person = await Identity.SignInAsync(Person, Ct);
        var trustId = await Identity.CreateTrustAsync(person, Ct);

        // What follows must not need the person's token.
        await Identity.RevokeAsync(person.Token, Ct);
        var trust = new CloudCredential.Trust(trustId, person.ProjectId!);
        var request = new StackRequest($"contract-{_suffix}", WaitTemplate)
        {
            Parameters = new Dictionary<string, string> { ["magnum_generation"] = "1" },
            Tags = ["magnum", _suffix],
            TimeoutMins = 10,
        };

        await Heat.ValidateAsync(trust, request, Ct);
        var stack = await Heat.CreateStackAsync(trust, request, Ct);
        try
        {
            var conflict = await Assert.ThrowsAsync<CloudException>(() => Heat.CreateStackAsync(trust, request, Ct));
            Assert.Equal(CloudFault.Conflict, conflict.Fault);

            await SignalAsync(trust, stack);
            var created = await SettledAsync(trust, stack);
            Assert.Equal("CREATE_COMPLETE", created.Status);
            Assert.Equal("1", created.Parameters["magnum_generation"]);
            Assert.Equal(["magnum", _suffix], created.Tags);
            Assert.Equal("joined", JsonDocument.Parse(created.Outputs["data"].Text!).RootElement.GetProperty("node-0").GetString());
            Assert.Equal(stack.Id, (await Heat.FindStackAsync(trust, stack.Name, false, Ct))?.Id);
            Assert.Equal(stack.Name, (await Heat.FindStackAsync(trust, stack.Id, false, Ct))?.Name);

            var listed = await ListAsync(trust, new StackFilter { Tag = _suffix, PageSize = 1 });
            Assert.Equal(stack.Id, Assert.Single(listed).Id);
            Assert.Single(await ListAsync(trust, new StackFilter { Tag = _suffix, Actions = ["CREATE"], Statuses = ["COMPLETE"] }));
            var everywhere = await ListAsync(new CloudCredential.Service(), new StackFilter { Tag = _suffix, AllProjects = true });
            Assert.Equal(person.ProjectId, Assert.Single(everywhere).ProjectId);
            Assert.Equal(stack.Id, (await Heat.FindStackAsync(new CloudCredential.Service(), stack, false, Ct))?.Id);
            Assert.Empty(await ListAsync(trust, new StackFilter { Tag = _suffix, Statuses = ["FAILED"] }));

            var resources = await Heat.ListResourcesAsync(trust, stack, 2, Ct);
            Assert.Contains(resources, r => r is { Name: "condition", Type: "OS::Heat::WaitCondition", Status: "CREATE_COMPLETE" } && r.Stack == stack);

            var events = await Heat.ListEventsAsync(trust, stack, 2, null, Ct);
            Assert.Contains(events, e => e is { ResourceName: "condition", Status: "CREATE_COMPLETE" });
            Assert.Equal(events.OrderBy(e => e.Time).Select(e => e.Id), events.Select(e => e.Id));
            Assert.Empty(await Heat.ListEventsAsync(trust, stack, 2, events[^1].Id, Ct));
            Assert.NotEmpty(await Heat.ListEventsAsync(trust, stack, 2, Guid.NewGuid().ToString(), Ct));

            var changed = request with { Parameters = new Dictionary<string, string> { ["magnum_generation"] = "2" } };
            var preview = await Heat.PreviewUpdateAsync(trust, stack, changed, Ct);
            Assert.Contains("note", preview.Updated.Concat(preview.Replaced));
            await Heat.UpdateStackAsync(trust, stack, changed, Ct);
            var updated = await SettledAsync(trust, stack);
            Assert.Equal("UPDATE_COMPLETE", updated.Status);
            Assert.Equal("2", updated.Parameters["magnum_generation"]);
            Assert.Equal("2", updated.Outputs["note"].Text);
            Assert.NotEmpty(await Heat.ListEventsAsync(trust, stack, 2, events[^1].Id, Ct));

            await Heat.PatchStackAsync(
                trust, stack, new StackRequest(stack.Name, null) { Parameters = new Dictionary<string, string> { ["magnum_generation"] = "3" } }, Ct);
            var patched = await SettledAsync(trust, stack);
            Assert.Equal("UPDATE_COMPLETE", patched.Status);
            Assert.Equal("3", patched.Outputs["note"].Text);
            Assert.True((await Heat.GetTemplateAsync(trust, stack, Ct)).TryGetProperty("resources", out _));
        }
        finally
        {
            await Heat.DeleteStackAsync(trust, stack, CancellationToken.None);
        }

        var deleted = await SettledAsync(trust, stack);
        Assert.Equal("DELETE_COMPLETE", deleted.Status);
        Assert.True(await Heat.FindStackAsync(trust, stack.Name, false, Ct) is null or { Status: "DELETE_COMPLETE" });
        await Heat.DeleteStackAsync(trust, stack, Ct);

        await Identity.DeleteTrustAsync(trustId, Ct);
        await Identity.DeleteTrustAsync(trustId, Ct);
        var ended = await Assert.ThrowsAsync<CloudException>(() => Heat.FindStackAsync(trust, stack.Name, false, Ct));
        Assert.Equal(CloudFault.Unauthorized, ended.Fault);
    }

    [Fact]
    public async Task InvalidTemplate_IsRefusedInHeatsWords()
    {
        var person = await Identity.SignInAsync(Person, Ct);
        var request = new StackRequest($"invalid-{_suffix}", WaitTemplate.Replace("OS::Heat::Value", "OS::Heat::Nonsense", StringComparison.Ordinal));

        var refusal = await Assert.ThrowsAsync<CloudException>(
            () => Heat.CreateStackAsync(new CloudCredential.UserToken(person.Token, person.ProjectId), request, Ct));

        Assert.Equal(CloudFault.Invalid, refusal.Fault);
        Assert.Contains("OS::Heat::Nonsense", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.RequestId);
    }

    private const string WaitTemplate = """
        heat_template_version: 2018-08-31
        parameters:
          magnum_generation: {type: string, default: "0"}
        resources:
          handle:
            type: OS::Heat::WaitConditionHandle
          condition:
            type: OS::Heat::WaitCondition
            properties: {handle: {get_resource: handle}, count: 1, timeout: 300}
          note:
            type: OS::Heat::Value
            properties: {value: {get_param: magnum_generation}}
        outputs:
          endpoint: {value: {get_attr: [handle, endpoint]}}
          token: {value: {get_attr: [handle, token]}}
          data: {value: {get_attr: [condition, data]}}
          note: {value: {get_attr: [note, value]}}
        """;

    /// <summary>
    /// A token that stays valid. Keystone counts whole seconds: what it issues within the second in which the password was changed it takes
    /// for revoked by that change.
    /// </summary>
    private async Task<TokenInfo> NodeAsync(SignIn signIn)
    {
        for (var attempt = 1; ; attempt++)
        {
            var token = await Identity.SignInAsync(signIn, Ct);
            if (await Identity.ValidateAsync(token.Token, Ct) is { } valid)
            {
                return valid;
            }

            Assert.True(attempt < 10, "The trustee's token is never valid");
            await Task.Delay(TimeSpan.FromMilliseconds(300), Ct);
        }
    }

    /// <summary>Plays the node: takes the handle's token and address from the stack and signals as user data would.</summary>
    private async Task SignalAsync(CloudCredential trust, StackRef stack)
    {
        HeatStack? now;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), Ct);
            now = await Heat.FindStackAsync(trust, stack, true, Ct);
            Assert.False(now?.IsFailed, now?.StatusReason);
        }
        while (string.IsNullOrEmpty(now?.Outputs.GetValueOrDefault("token")?.Text));

        using var node = new HttpClient();
        using var message = new HttpRequestMessage(HttpMethod.Post, now.Outputs["endpoint"].Text);
        message.Headers.Add("X-Auth-Token", now.Outputs["token"].Text);
        message.Content = new StringContent(
            JsonSerializer.Serialize(new { status = "SUCCESS", reason = "ok", id = "node-0", data = "joined" }), null, "application/json");
        using var answer = await node.SendAsync(message, Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    private async Task<HeatStack> SettledAsync(CloudCredential trust, StackRef stack)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while (true)
        {
            var now = await Heat.FindStackAsync(trust, stack, true, patience.Token);
            if (now is null)
            {
                return new HeatStack(stack.Id, stack.Name, "DELETE_COMPLETE", null, null, null, [], null);
            }

            if (!now.IsInProgress)
            {
                return now;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), patience.Token);
        }
    }

    private async Task<List<HeatStack>> ListAsync(CloudCredential credential, StackFilter filter)
    {
        var all = new List<HeatStack>();
        await foreach (var stack in Heat.ListStacksAsync(credential, filter, Ct))
        {
            all.Add(stack);
        }

        return all;
    }
}
