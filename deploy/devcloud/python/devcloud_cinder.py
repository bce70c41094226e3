"""Volumes for servers in which nothing runs: Cinder keeps its books, and there is nothing behind them."""
from cinder.volume import driver


class NothingDriver(driver.VolumeDriver):
    """Every request succeeds."""

    VERSION = "1"

    def _nothing(self, *args, **kwargs):
        return None

    do_setup = check_for_setup_error = delete_volume = extend_volume = remove_export = terminate_connection = _nothing

    def _no_change(self, *args, **kwargs):
        """What changed in the volume's record."""
        return {}

    create_volume = create_cloned_volume = create_export = ensure_export = _no_change

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        return {}, True

    def initialize_connection(self, volume, connector, **kwargs):
        return {"driver_volume_type": "fake", "data": {"volume_id": volume["id"]}}

    def _update_volume_stats(self):
        self._stats = {
            "volume_backend_name": self.configuration.safe_get("volume_backend_name"),
            "vendor_name": "none", "driver_version": self.VERSION, "storage_protocol": "none",
            "pools": [{"pool_name": "nothing", "total_capacity_gb": "infinite", "free_capacity_gb": "infinite",
                       "reserved_percentage": 0, "thin_provisioning_support": True}]}
